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

/// The target of a call: a tag, under one of its subsystems. The path is part of the request.
class call_target {
 public:
  call_target(const device_tag& tag, const subsystem_name& subsystem)
      : tag_(tag.text()), subsystem_(subsystem.text()) {}
  /// The target that a topic names.
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
  /// Returns a name for logs, which also identifies the way back: calls with the same name share one answer.
  /// Over MQTT, it is the request's topic.
  virtual std::string_view name() const noexcept = 0;
  /// Returns the name of the broker that delivered the call; empty if there is none, or if it is
  /// no longer used.
  virtual std::string_view broker() const noexcept { return {}; }
  /// Returns the answer to give instead of running the call, or nothing if it is to be run.
  virtual std::optional<answer> objection() const { return std::nullopt; }
  /// Sends an answer over the way on which this call arrived: to its caller, or to that of a repeat, which
  /// waits for the same answer. Does nothing if the front no longer exists.
  virtual void send(const call& to, const answer& what) = 0;
  /// Called when the call has ended: it was answered, or the answer of another call serves it.
  virtual void ended() noexcept {}
};

/// A request on its way, with what a handler may need besides the payload.
struct call {
  call_target target;
  request req;
  steady_time received;
  std::size_t rest_at = 0;  ///< set by the path router: start of the path after a `**` prefix

  /// Returns the path after the prefix of a `**` resource or collection, without a leading slash;
  /// may be empty.
  std::string_view rest() const noexcept { return req.path.key().substr(rest_at); }

  std::shared_ptr<call_origin> origin{};  ///< null: created by hand; no answer is sent
  /// The time by which a handler has to answer; max: no limit. Set when the call is admitted.
  steady_time deadline = steady_time::max();
  steady_time finished{};                     ///< when it was answered; set before the answer is sent
  std::uint64_t note = 0;                     ///< left by a step for the steps after it
  std::shared_ptr<const step_chain> chain{};  ///< the steps that it passes while it is served
  std::uint16_t passed = 0;                   ///< how many of them have passed it on to the next
  bool admitted = false;                      ///< it passed the limits, so it may have been run
  bool has_deadline = false;                  ///< the handler itself answers when its time is up
  bool ended = false;              ///< answered on behalf of its handler, whose answer comes too late
  std::function<void()> cancel{};  ///< stops the handler's work when the call is ended
  std::unique_ptr<const request> as_it_came{};  ///< copied before the first change of `req`
  /// Returns the request as it arrived: handlers may have changed `req`, but the answer carries
  /// the caller's ids.
  const request& original_request() const noexcept { return as_it_came ? *as_it_came : req; }
  /// Returns a name for logs; empty without an origin.
  std::string_view name() const noexcept { return origin ? origin->name() : std::string_view(); }
  /// Returns a copy with only what an answer needs, without the body, which may be large.
  call without_body() const {
    const auto& a = original_request();
    call c{target, {a.verb, a.path, a.id, a.correlation_id, {}, a.source, {}, {}, {}, {}}, received};
    c.origin = origin;
    c.chain = chain;
    c.passed = passed;
    return c;
  }
};

}  // namespace mqcoap
