#pragma once

#include <functional>
#include <memory>
#include <mqcoap/exchange/subscriber.hpp>
#include <string>

namespace mqcoap {

/// A subscription that is kept over reconnects, and knows whether the broker has confirmed it on the current
/// connection: a broker may deny a filter that it granted before. Destroying it unsubscribes.
/// @par Threads  Everything on the event loop.
class standing_subscription {
 public:
  /// Receives the broker's answer: no error, or errc::denied; errc::invalid_topic for an invalid filter.
  using outcome_handler = std::function<void(error_code)>;

  /// Does not subscribe yet.
  /// @param handler  called once for each answer of the broker, never inside `ask`; may destroy this object
  standing_subscription(subscriber& via, std::string filter, outcome_handler handler);
  ~standing_subscription();
  standing_subscription(const standing_subscription&) = delete;
  standing_subscription& operator=(const standing_subscription&) = delete;

  const std::string& filter() const noexcept { return filter_; }
  bool confirmed() const noexcept;
  /// Returns true if the broker has not yet answered the request to subscribe.
  bool awaited() const noexcept;

  /// Subscribes, unless the broker has confirmed it already; sends the request again if the link could not
  /// send the last one.
  void ask();
  /// Records that the connection was lost, and with it the broker's confirmation.
  void on_link_down() noexcept;
  /// Records that there is a new connection: nothing is confirmed, and no answer is awaited.
  void forget() noexcept;
  /// Unsubscribes before this object is destroyed.
  void unsubscribe();

 private:
  struct shared;

  subscriber& via_;
  const std::string filter_;
  std::shared_ptr<shared> shared_;  ///< shared with the handlers in the link, which may outlive this object
};

}  // namespace mqcoap
