#pragma once

#include <functional>
#include <mqcoap/base/errc.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// A connection that may be lost and restored, and that keeps its subscriptions.
class subscriber {
 public:
  /// Called once, when the broker first confirms a subscription (no error) or denies it (errc::denied); with
  /// errc::invalid_topic for an invalid filter, errc::closed after `unsubscribe` or a stop. Never inside the
  /// call that it was passed to.
  using subscribed_handler = std::function<void(error_code)>;

  virtual bool up() const noexcept = 0;
  /// Adds a subscription: subscribes at once if connected, and again at the beginning of every new
  /// connection. Another call with the same filter replaces nothing and is confirmed again.
  virtual void subscribe(std::string filter, subscribed_handler done) = 0;
  virtual void unsubscribe(std::string_view filter) = 0;

 protected:
  ~subscriber() = default;
};

}  // namespace mqcoap
