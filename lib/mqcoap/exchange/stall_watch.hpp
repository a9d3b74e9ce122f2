#pragma once

#include <algorithm>
#include <chrono>
#include <mqcoap/base/boot_clock.hpp>
#include <optional>

namespace mqcoap {

/// Detects that an event loop did not run: its process was stopped, the machine suspended, or one handler
/// took too long. The loop runs at least once per period, so any additional time until its next iteration is
/// the gap. Messages that were unread at that point may have waited that long; this applies until everything
/// has been read. Has no clock: the time is passed as an argument.
class stall_watch {
 public:
  using time_point = boot_clock::time_point;
  using duration = boot_clock::duration;

  /// @param period  the longest time between two iterations
  /// @param slack  a shorter gap is attributed to a late timer
  explicit stall_watch(duration period, duration slack = std::chrono::milliseconds(100))
      : period_(period), slack_(slack) {}

  /// Records an iteration of the loop. Call it before anything is read.
  void turn(time_point now) noexcept {
    if (last_) {
      const auto gap = now - *last_ - period_;
      if (gap > slack_) waited_ = std::max(waited_, gap);
    }
    last_ = now;
  }
  /// Records that everything has been read.
  void all_is_read() noexcept { waited_ = {}; }

  /// Returns how long a message that is read now may have waited, because it may have arrived at the
  /// beginning of the gap. Zero if there was no gap.
  duration waited() const noexcept { return waited_; }

 private:
  const duration period_;
  const duration slack_;
  std::optional<time_point> last_;
  duration waited_{0};
};

}  // namespace mqcoap
