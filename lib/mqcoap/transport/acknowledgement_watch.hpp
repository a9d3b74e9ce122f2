#pragma once

#include <chrono>
#include <mqcoap/base/clock.hpp>
#include <utility>

namespace mqcoap {

/// Notices a broker that acknowledges nothing any more, although its connection lives and it answers pings:
/// at QoS 1 such a connection passes nothing once its window is full.
class acknowledgement_watch {
 public:
  explicit acknowledgement_watch(std::chrono::nanoseconds patience) noexcept : patience_(patience) {}

  /// A connection is there.
  void begin(steady_time now) noexcept {
    since_ = now;
    acknowledged_ = owed_ = false;
  }
  void acknowledged() noexcept { acknowledged_ = true; }
  /// Looks at it every now and then. An acknowledgement that is owed once stays owed, whatever is sent after
  /// it.
  /// @param unacknowledged  something was handed over and is not acknowledged yet
  /// @param all_left  everything that was handed over has left this machine
  /// @return true if the broker has owed an acknowledgement for as long as the patience, and sent none
  bool is_silent(steady_time now, bool unacknowledged, bool all_left) noexcept {
    if (std::exchange(acknowledged_, false) || !unacknowledged) owed_ = false;
    if (!owed_) since_ = now;
    owed_ = owed_ || (unacknowledged && all_left);
    return owed_ && now - since_ >= patience_;
  }
  /// Since when, as far as the looks tell.
  steady_time since() const noexcept { return since_; }

 private:
  std::chrono::nanoseconds patience_;
  steady_time since_{};
  bool acknowledged_ = false;  ///< since the last look
  bool owed_ = false;
};

}  // namespace mqcoap
