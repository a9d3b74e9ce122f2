#pragma once

#include <cstddef>
#include <cstdint>
#include <mqcoap/ask/device_link.hpp>
#include <mqcoap/transport/link.hpp>
#include <mqcoap/transport/packet_limit.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Reaches devices over MQTT.
class mqtt_device_link final : public ask::device_link {
 public:
  /// Which messages have their outcome reported: those that may be too large, or all, since at QoS 1 a broker
  /// reports the ones that it denies.
  enum class followed : std::uint8_t { large, all };

  explicit mqtt_device_link(link* over, followed which = followed::large) : over_(over), followed_(which) {}

  /// Sets the link to use from now on; null: none.
  void attach(link* over) noexcept { over_ = over; }
  /// Returns the link in use, or null.
  link* over() const noexcept { return over_; }

  bool up() const noexcept override { return over_ != nullptr && over_->up(); }
  void subscribe(std::string filter, subscribed_handler done) override {
    over_->subscribe(std::move(filter), std::move(done));
  }
  void unsubscribe(std::string_view filter) override {
    if (over_ != nullptr) over_->unsubscribe(filter);
  }
  error_code send(const exchange_topic& to, std::string_view payload, steady_time deadline,
                  sent_handler done) override {
    return over_->publish(to.text(), payload, deadline, {}, std::move(done));
  }
  bool is_followed(std::size_t payload) const noexcept override {
    return followed_ == followed::all || mqcoap::is_followed(payload, over_->largest_packet());
  }

 private:
  link* over_;
  const followed followed_;
};

}  // namespace mqcoap
