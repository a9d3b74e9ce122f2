#pragma once

#include <algorithm>
#include <exception>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap {

/// A subscription, which ends when this object is destroyed. May outlive the channel.
class subscription {
 public:
  subscription() noexcept = default;
  explicit subscription(std::shared_ptr<void> held) noexcept : held_(std::move(held)) {}
  explicit operator bool() const noexcept { return held_ != nullptr; }

 private:
  std::shared_ptr<void> held_;
};

/// Publishes each fact of one type to all subscribers, at once and in the order of their subscriptions. If a
/// subscriber throws, the others still get the fact. A subscriber that has to wait needs its own bounded
/// queue that counts dropped facts. Publishing costs one comparison if there are no subscribers.
/// @par Threads  Used by one thread, that of the publisher.
template <class Fact>
class channel {
 public:
  using handler = std::function<void(const Fact&)>;

  channel() = default;
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;

  /// @param hear  called with each later fact, which is valid during the call. It may subscribe, and end
  ///   subscriptions, including its own.
  [[nodiscard]] subscription subscribe(handler hear) {
    auto added = std::make_shared<handler>(std::move(hear));
    subscribers_.push_back(added);
    return subscription(std::move(added));
  }

  /// Returns true if there are subscribers, so that costly facts are built only for them.
  bool has_subscribers() const noexcept {
    return std::any_of(subscribers_.begin(), subscribers_.end(), [](const auto& s) { return !s.expired(); });
  }

  /// @param failed  called with the message of a subscriber's exception; must not throw
  template <class Failed>
  void publish(const Fact& fact, Failed&& failed) noexcept {
    if (subscribers_.empty()) return;
    bool some_left = false;
    ++publishing_;
    // Iterates by index: a subscriber may add others, which get only later facts.
    const auto count = subscribers_.size();
    for (std::size_t i = 0; i < count; ++i) {
      const auto hear = subscribers_[i].lock();
      if (!hear) {
        some_left = true;
        continue;
      }
      try {
        (*hear)(fact);
      } catch (const std::exception& e) {
        failed(std::string_view(e.what()));
      } catch (...) {
        failed("an unknown exception");
      }
    }
    if (--publishing_ == 0 && some_left)
      std::erase_if(subscribers_, [](const auto& s) { return s.expired(); });
  }

 private:
  std::vector<std::weak_ptr<handler>> subscribers_;
  unsigned publishing_ = 0;  ///< how many calls of `publish` are under way, one inside the other
};

}  // namespace mqcoap
