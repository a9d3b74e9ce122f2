#pragma once

#include <functional>
#include <memory>
#include <mqcoap/exchange/subscriber.hpp>
#include <string>

namespace mqcoap {

/// A subscription that is kept over reconnects, and knows whether the broker confirmed it on this connection:
/// a broker may refuse today what it granted yesterday. Ends with its owner.
/// @par Threads  Everything on the event loop.
class standing_subscription {
 public:
  /// Gets the broker's answer: no error, or errc::denied; errc::invalid_topic for an invalid filter.
  using told_handler = std::function<void(error_code)>;

  /// Does not subscribe yet.
  /// @param told  called once for each answer of the broker, never inside `ask`; may destroy this object
  standing_subscription(subscriber& via, std::string filter, told_handler told);
  ~standing_subscription();
  standing_subscription(const standing_subscription&) = delete;
  standing_subscription& operator=(const standing_subscription&) = delete;

  const std::string& filter() const noexcept { return filter_; }
  bool confirmed() const noexcept;
  /// Returns true if the broker was asked and has not answered.
  bool awaited() const noexcept;

  /// Asks the broker, unless it has confirmed; sends again if the link could not send the last request.
  void ask();
  /// Notes that the connection was lost, and with it the broker's answers.
  void on_link_down() noexcept;
  /// Notes a new connection: nothing is confirmed, and no answer is awaited.
  void forget() noexcept;
  /// Ends the subscription early.
  void unsubscribe();

 private:
  struct shared;

  subscriber& via_;
  const std::string filter_;
  std::shared_ptr<shared> shared_;  ///< shared with the handlers in the link, which may outlive this object
};

}  // namespace mqcoap
