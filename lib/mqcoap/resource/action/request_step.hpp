#pragma once

#include <mqcoap/base/clock.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/action/action_step.hpp>
#include <mqcoap/resource/resource_requester.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

/// The request of an action to another resource.
struct action_request {
  address to;
  method verb = method::post;
  json_text body{};

  friend bool operator==(const action_request&, const action_request&) = default;
};

/// Sends a request to a device, of the gateway or behind the proxy, and is done when it has answered. An
/// error of the device is the error of the step.
class request_step final : public action_step {
 public:
  request_step(action_request what, resource_requester& by, const clock& time)
      : what_(std::move(what)), by_(by), time_(time) {}

  std::string_view name() const noexcept override { return "request"; }
  running begin(const call& of, steady_time deadline, done_handler done) override;

 private:
  const action_request what_;
  resource_requester& by_;
  const clock& time_;
};

}  // namespace mqcoap
