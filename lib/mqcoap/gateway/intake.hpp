#pragma once

#include <functional>
#include <list>
#include <mqcoap/exchange/standing_subscription.hpp>
#include <mqcoap/front/mqtt/request_way.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap {

/// The source of requests: a link, the subscriptions for them, and the way back for their answers.
class intake final : public request_way {
 public:
  struct hooks {
    /// Called when the broker has answered a subscription.
    std::function<void(intake&, const std::string& filter, error_code)> subscribed;
    std::function<void()> ended;  ///< a request of this intake has ended; must not throw
  };

  intake(answer_sender& by, link& on, hooks callbacks) : request_way(by, &on), hooks_(std::move(callbacks)) {}

  /// Subscribes to these filters, and drops the others once the new ones are confirmed, so that no request is
  /// lost in between.
  void subscribe(const std::vector<std::string>& wanted);
  /// Subscribes again on a new connection.
  void ask();
  void on_link_down();
  /// Unsubscribes from requests; those in flight may still arrive.
  void unsubscribe();
  /// Drops old filters, unless the broker has not yet confirmed their replacement.
  void drop_outdated();

  bool asks() const noexcept { return !requests_.empty() || !outdated_.empty(); }
  bool has_outdated() const noexcept { return !outdated_.empty(); }
  /// Returns true if the broker has confirmed every subscription on the current connection.
  bool confirmed() const noexcept;
  /// Returns true if this filter is subscribed to, including outdated subscriptions.
  bool has(std::string_view filter) const noexcept;

  void request_ended() noexcept override;

 private:
  const hooks hooks_;
  std::list<standing_subscription> requests_;
  std::list<standing_subscription> outdated_;
};

}  // namespace mqcoap
