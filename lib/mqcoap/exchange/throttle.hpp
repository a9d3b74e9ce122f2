#pragma once

#include <chrono>
#include <cstdint>
#include <mqcoap/base/clock.hpp>
#include <optional>
#include <utility>

namespace mqcoap {

/// Lets one event pass in each interval and counts the others.
class throttle {
 public:
  explicit throttle(std::chrono::nanoseconds interval) : interval_(interval) {}

  /// Returns nothing if this event is held back; otherwise returns how many were held back since the last
  /// one that passed.
  std::optional<std::uint64_t> pass(steady_time now) noexcept {
    if (next_ && now < *next_) {
      ++held_back_;
      return std::nullopt;
    }
    next_ = now + interval_;
    return std::exchange(held_back_, 0);
  }

 private:
  const std::chrono::nanoseconds interval_;
  std::optional<steady_time> next_;
  std::uint64_t held_back_ = 0;
};

}  // namespace mqcoap
