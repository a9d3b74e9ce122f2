#pragma once

#include <cstddef>
#include <functional>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/exchange/subscriber.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <string_view>

namespace mqcoap::ask {

/// A connection to devices: it carries requests to them, and delivers answers through subscriptions.
/// `mqtt_device_link` implements it over MQTT; CoAP or HTTP could do so, too.
class device_link : public subscriber {
 public:
  /// Called at most once, and never inside the call that it was passed to: with no error if the message was
  /// sent, else with the reason.
  using sent_handler = std::function<void(error_code)>;

  /// Sends a request, or queues it until its deadline.
  /// @param done  not called if this call fails
  virtual error_code send(const exchange_topic& to, std::string_view payload, steady_time deadline,
                          sent_handler done) = 0;
  /// Returns true if the link may find out only later that a payload of this size cannot be sent, so that
  /// `done` is needed.
  virtual bool is_followed(std::size_t payload) const noexcept = 0;

 protected:
  ~device_link() = default;
};

}  // namespace mqcoap::ask
