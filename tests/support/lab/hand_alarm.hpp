#pragma once

#include <mqcoap/base/clock.hpp>
#include <utility>

namespace mqcoap::test {

/// An alarm that rings when it is polled.
class hand_alarm final : public alarm {
 public:
  void wake_at(steady_time when) override { when_ = when; }
  /// Returns the time that was set last, or max if `rings` has already reported it.
  steady_time when() const noexcept { return when_; }

  /// Returns true once, when the time has come.
  bool rings(steady_time now) noexcept {
    if (when_ > now) return false;
    when_ = steady_time::max();
    return true;
  }

 private:
  steady_time when_ = steady_time::max();
};

}  // namespace mqcoap::test
