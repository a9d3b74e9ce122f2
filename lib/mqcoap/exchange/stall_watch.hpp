#pragma once

#include <algorithm>
#include <chrono>
#include <mqcoap/base/boot_clock.hpp>
#include <optional>

namespace mqcoap {

/// Detects that an event loop did not run: its process was stopped, the machine suspended, or one handler
/// took too long. The loop turns at least once per period, so the additional time until its next turn is the
/// gap. Messages that were unread then may have waited for that long; this applies until everything is read.
/// Knows no clock: the time is an argument.
class stall_watch {
 public:
  using time_point = boot_clock::time_point;
  using duration = boot_clock::duration;

  /// @param period  the longest time between two turns
  /// @param slack  a shorter gap is the lateness of a timer
  explicit stall_watch(duration period, duration slack = std::chrono::milliseconds(100))
      : period_(period), slack_(slack) {}

  /// Notes a turn of the loop. Call it before anything is read.
  void turn(time_point now) noexcept {
    if (last_) {
      const auto gap = now - *last_ - period_;
      if (gap > slack_) waited_ = std::max(waited_, gap);
    }
    last_ = now;
  }
  /// Notes that everything is read.
  void all_is_read() noexcept { waited_ = {}; }

  /// Returns how long a message that is read now has waited, if it arrived at the beginning of the gap. Zero:
  /// it is fresh.
  duration waited() const noexcept { return waited_; }

 private:
  const duration period_;
  const duration slack_;
  std::optional<time_point> last_;
  duration waited_{0};
};

}  // namespace mqcoap
