#pragma once

#include <functional>
#include <memory>
#include <mqcoap/exchange/subscriber.hpp>
#include <string>

namespace mqcoap {

/// A subscription that is kept over reconnects, and whether the broker confirmed it on this connection: a
/// broker may refuse today what it granted yesterday. Ends with its owner.
/// @par Threads  Everything on the event loop.
class standing_subscription {
 public:
  /// What the broker said: no error, or errc::denied; errc::invalid_topic for what is no filter.
  using told_handler = std::function<void(error_code)>;

  /// Does not ask yet.
  /// @param told  called once for each answer of the broker, never inside `ask`; may destroy this object
  standing_subscription(subscriber& via, std::string filter, told_handler told);
  ~standing_subscription();
  standing_subscription(const standing_subscription&) = delete;
  standing_subscription& operator=(const standing_subscription&) = delete;

  const std::string& filter() const noexcept { return filter_; }
  bool confirmed() const noexcept;
  /// True if the broker was asked and has not answered.
  bool awaited() const noexcept;

  /// Asks the broker, unless it has confirmed; what the link could not send last time is sent again.
  void ask();
  /// The connection is gone, and with it what the broker confirmed or refused.
  void on_link_down() noexcept;
  /// Another connection took the place of this one: nothing is confirmed, and nothing is awaited any more.
  void forget() noexcept;
  /// Ends it before its owner does.
  void unsubscribe();

 private:
  struct shared;

  subscriber& via_;
  const std::string filter_;
  std::shared_ptr<shared> shared_;  ///< with the handlers that the link keeps, which may outlive this
};

}  // namespace mqcoap
