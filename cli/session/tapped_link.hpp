#pragma once

#include <functional>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "session/forwarding_link.hpp"

namespace mqcoap::cli {

/// The additional callbacks of a tapped_link. Each may be empty.
struct tap_hooks {
  std::function<void(std::string_view topic, std::string_view payload)>
      message;  ///< called for messages in both directions
  std::function<void()> up;
  std::function<void(const outage_cause& why)> down;
  std::function<void(const std::string& filter)> refused;  ///< called when the broker denies a subscription
};

/// A link that reports its messages to an observer.
/// @par Threads  All calls are made on the event loop.
class tapped_link final : public forwarding_link, private link_events {
 public:
  /// @param inner  must outlive this link
  tapped_link(link& inner, tap_hooks hooks) : forwarding_link(inner), hooks_(std::move(hooks)) {}

  void start(link_events& owner) override {
    owner_ = &owner;
    inner_.start(*this);
  }
  void subscribe(std::string filter, subscribed_handler done) override;
  error_code publish(std::string_view topic, std::string_view payload, steady_time deadline,
                     publish_options options = {}, written_handler done = {}) override;

 private:
  void on_link_up(link& l) noexcept override;
  void on_link_down(link& l, const outage_cause& why) noexcept override;
  void on_message(link& l, const inbound& m) noexcept override;

  const tap_hooks hooks_;
  link_events* owner_ = nullptr;
};

}  // namespace mqcoap::cli
