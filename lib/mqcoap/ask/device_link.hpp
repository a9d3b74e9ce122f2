#pragma once

#include <cstddef>
#include <functional>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/exchange/subscriber.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <string_view>

namespace mqcoap::ask {

/// A connection by which devices are reached: it carries requests to them, and brings the answers that are
/// subscribed to. Over MQTT it is `mqtt_device_link`; it could be CoAP or HTTP.
class device_link : public subscriber {
 public:
  /// Called once, if at all, and never inside the call that it was given to: no error if the message is on
  /// its way, else what kept it from that.
  using sent_handler = std::function<void(error_code)>;

  /// Sends a request, or queues it until its deadline.
  /// @param done  not called if this call fails
  virtual error_code send(const exchange_topic& to, std::string_view payload, steady_time deadline,
                          sent_handler done) = 0;
  /// True if it may show only later that a payload of this size cannot be sent, so that `done` is of use.
  virtual bool is_followed(std::size_t payload) const noexcept = 0;

 protected:
  ~device_link() = default;
};

}  // namespace mqcoap::ask
