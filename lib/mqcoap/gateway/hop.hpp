#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mqcoap/ask/outgoing_request.hpp>
#include <mqcoap/gateway/late_answers.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/relayed_answer.hpp>
#include <mqcoap/gateway/route_table.hpp>
#include <mqcoap/gateway/upstream.hpp>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <optional>
#include <string>

namespace mqcoap {

/// The number of forwards of a request without `hops`.
inline constexpr unsigned default_hops = 8;

/// A forwarded request: the caller, the device, and the answer to the caller.
class hop final : public ask::outgoing_request {
 public:
  /// The environment of all hops.
  struct surroundings {
    const clock& time;
    const decode_rules& decoding;
    late_answers& late;
  };

  /// @param requested  the address before the route
  /// @param to  the address after the route
  hop(const surroundings& around, const request_id& id, steady_time deadline, const address& requested,
      std::shared_ptr<const route_options> route, address to);

  /// Takes the caller. Until then, it belongs to the function that creates the hop.
  void take_caller(responder&& r) noexcept { caller_ = std::move(r); }

  const subsystem_name& subsystem() const noexcept override { return to_.subsystem; }
  const resource_path& path() const noexcept override { return to_.path; }
  const route_options& route() const noexcept { return *route_; }
  /// Returns the device. Precondition: it has one.
  upstream& device() const noexcept { return static_cast<upstream&>(at()); }

  /// Notes that the request came back, possibly over a bridge: if it ends without an answer, the caller gets
  /// 502 with this text instead of 504.
  void expect_loop(std::string message) noexcept { loop_text_ = std::move(message); }

 private:
  struct ending {
    response_code code = response_code::gateway_timeout;
    std::string message{};
    bool never_run = false;
  };

  std::size_t most_in_flight() const noexcept override { return route_->in_flight; }
  void encode(std::string& payload) override;
  void prepare(response& from_device) override;
  void answered(response&& what) noexcept override;
  void failed(const ask::failure& why) noexcept override;

  ending ending_of(const ask::failure& why) const;
  ending silent() const;
  ending unanswered(const std::string& why) const;
  ending unsendable(const ask::failure& why) const;
  std::string unsent_text() const;
  bool has_whole_time() const noexcept { return deadline() - caller_->received >= route_->timeout; }
  bool is_at_device(const ask::failure& why) const noexcept;
  way_back make_way_back() const;
  void expect_late() const noexcept;

  const surroundings& around_;
  responder caller_;
  const std::optional<address> requested_;  ///< set if the route changed the address
  const std::shared_ptr<const route_options> route_;
  const address to_;
  std::string loop_text_;
};

}  // namespace mqcoap
