#pragma once

#include <functional>
#include <mqcoap/base/errc.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// A connection that comes and goes, and keeps its subscriptions.
class subscriber {
 public:
  /// Called once, when the broker first confirms a subscription (no error) or refuses it (errc::denied); with
  /// errc::invalid_topic for what is no filter, errc::closed after `unsubscribe` or a stop. Never inside the
  /// call that it was given to.
  using subscribed_handler = std::function<void(error_code)>;

  virtual bool up() const noexcept = 0;
  /// Keeps a subscription from now on: made at once if up, and first thing at every connection. Asking again
  /// for a filter that is kept replaces nothing and confirms again.
  virtual void subscribe(std::string filter, subscribed_handler done) = 0;
  virtual void unsubscribe(std::string_view filter) = 0;

 protected:
  ~subscriber() = default;
};

}  // namespace mqcoap
