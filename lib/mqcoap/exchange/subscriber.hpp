#pragma once

#include <functional>
#include <mqcoap/base/errc.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// A connection that may be lost and come back, and keeps its subscriptions.
class subscriber {
 public:
  /// Called once, when the broker first confirms a subscription (no error) or refuses it (errc::denied); with
  /// errc::invalid_topic for an invalid filter, errc::closed after `unsubscribe` or a stop. Never inside the
  /// call that it was passed to.
  using subscribed_handler = std::function<void(error_code)>;

  virtual bool up() const noexcept = 0;
  /// Keeps a subscription from now on: it is made at once if connected, and first on every new connection.
  /// Asking again for a kept filter replaces nothing and confirms again.
  virtual void subscribe(std::string filter, subscribed_handler done) = 0;
  virtual void unsubscribe(std::string_view filter) = 0;

 protected:
  ~subscriber() = default;
};

}  // namespace mqcoap
