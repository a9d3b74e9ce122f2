#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/protocol/request.hpp>
#include <mqcoap/protocol/response.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

struct call;
class step_chain;

/// Whom a call is for: a tag, under one of its subsystems. The path is the request's.
class call_target {
 public:
  call_target(const device_tag& tag, const subsystem_name& subsystem)
      : tag_(tag.text()), subsystem_(subsystem.text()) {}
  /// The one that a topic names.
  call_target(const exchange_topic& topic) : tag_(topic.tag()), subsystem_(topic.subsystem()) {}

  const std::string& tag() const noexcept { return tag_; }
  const std::string& subsystem() const noexcept { return subsystem_; }

 private:
  std::string tag_;
  std::string subsystem_;
};

/// The origin of a call, and the way back for its answer: an object of the front that brought the call.
class call_origin {
 public:
  virtual ~call_origin() = default;
  /// For logs, and to tell ways back apart: calls of one name get one answer. MQTT: the request's topic.
  virtual std::string_view name() const noexcept = 0;
  /// The broker that brought the call; empty: none did, or it is not used any more.
  virtual std::string_view broker() const noexcept { return {}; }
  /// Why the front does not want the call to be run; nothing: it is to be run.
  virtual std::optional<answer> objection() const { return std::nullopt; }
  /// Sends an answer by the way on which this call came: to its caller, or to that of a repeat, which waits
  /// for the same answer. Does nothing if the front is gone.
  virtual void send(const call& to, const answer& what) = 0;
  /// The call has ended: it was answered, or the answer of another call serves it.
  virtual void ended() noexcept {}
};

/// A request on its way, with what a handler may need beside the payload.
struct call {
  call_target target;
  request req;
  steady_time received;
  std::size_t rest_at = 0;  ///< set by the path router: where the part behind a `**` resource's prefix begins

  /// The path behind the prefix of a `**` resource or collection, without a leading slash; may be empty.
  std::string_view rest() const noexcept { return req.path.key().substr(rest_at); }

  std::shared_ptr<call_origin> origin{};  ///< null: a call made by hand, of which no answer is sent
  /// The time by which a handler has to answer; max: no limit. Set when the call is admitted.
  steady_time deadline = steady_time::max();
  steady_time finished{};                     ///< when it was answered; set before the answer is sent
  std::uint64_t note = 0;                     ///< for the steps: what they tell those behind them of the call
  std::shared_ptr<const step_chain> chain{};  ///< the steps that it passes, while it is served
  std::uint16_t passed = 0;                   ///< how many of them have left it to the next
  bool admitted = false;                      ///< it passed the limits: it may have been run
  bool has_deadline = false;                  ///< the handler itself answers when its time is over
  bool ended = false;              ///< answered in place of its handler, whose answer comes too late
  std::function<void()> cancel{};  ///< ends the handler's work when the call is ended
  std::unique_ptr<const request> as_it_came{};  ///< kept from the first change of `req` on
  /// Returns the request as it came: handlers may have changed `req`, but the answer has the caller's ids.
  const request& asked() const noexcept { return as_it_came ? *as_it_came : req; }
  /// For logs; empty without an origin.
  std::string_view name() const noexcept { return origin ? origin->name() : std::string_view(); }
  /// What an answer needs of it: the body may be large.
  call without_body() const {
    const auto& a = asked();
    call c{target, {a.verb, a.path, a.id, a.correlation_id, {}, a.source, {}, {}, {}, {}}, received};
    c.origin = origin;
    c.chain = chain;
    c.passed = passed;
    return c;
  }
};

}  // namespace mqcoap
