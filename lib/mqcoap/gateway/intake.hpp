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

/// Where requests come from: a link, the subscriptions that bring them, and the way back for their answers.
class intake final : public request_way {
 public:
  struct hooks {
    /// The broker has answered to a subscription.
    std::function<void(intake&, const std::string& filter, error_code)> told;
    std::function<void()> ended;  ///< a request that came here has ended; must not throw
  };

  intake(answer_sender& by, link& on, hooks told) : request_way(by, &on), hooks_(std::move(told)) {}

  /// Asks for these filters, and drops others that are there when the new ones are confirmed, so that no
  /// request is lost in between.
  void subscribe(const std::vector<std::string>& wanted);
  /// Asks again, at a new connection.
  void ask();
  void on_link_down();
  /// Asks for no requests any more; those on their way still come.
  void unsubscribe();
  /// Drops what is no longer wanted, unless the broker still is to confirm what takes its place.
  void drop_outdated();

  bool asks() const noexcept { return !requests_.empty() || !outdated_.empty(); }
  bool has_outdated() const noexcept { return !outdated_.empty(); }
  /// True if the broker has confirmed every subscription on the present connection.
  bool confirmed() const noexcept;
  /// True if this filter is asked for, or still is from before.
  bool has(std::string_view filter) const noexcept;

  void request_ended() noexcept override;

 private:
  const hooks hooks_;
  std::list<standing_subscription> requests_;
  std::list<standing_subscription> outdated_;
};

}  // namespace mqcoap
