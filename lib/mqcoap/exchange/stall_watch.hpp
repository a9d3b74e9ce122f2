#pragma once

#include <algorithm>
#include <chrono>
#include <mqcoap/base/boot_clock.hpp>
#include <optional>

namespace mqcoap {

/// Notices that an event loop did not run: its process was stopped, the machine suspended, or one handler
/// took too long. The loop comes by at least once a period, so what is missing at its next turn is the gap.
/// What lay unread then may have waited for so long; it counts so until everything is read. Knows no clock:
/// the time is an argument.
class stall_watch {
 public:
  using time_point = boot_clock::time_point;
  using duration = boot_clock::duration;

  /// @param period  at most so long between two turns
  /// @param slack  a gap that short is a timer's lateness
  explicit stall_watch(duration period, duration slack = std::chrono::milliseconds(100))
      : period_(period), slack_(slack) {}

  /// The loop runs. To be called before anything is read.
  void turn(time_point now) noexcept {
    if (last_) {
      const auto gap = now - *last_ - period_;
      if (gap > slack_) waited_ = std::max(waited_, gap);
    }
    last_ = now;
  }
  /// Nothing is left unread.
  void all_is_read() noexcept { waited_ = {}; }

  /// How long what is read now waited at least, if it came at the beginning of the gap. Zero: it is fresh.
  duration waited() const noexcept { return waited_; }

 private:
  const duration period_;
  const duration slack_;
  std::optional<time_point> last_;
  duration waited_{0};
};

}  // namespace mqcoap
