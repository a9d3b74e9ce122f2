#pragma once

#include <chrono>
#include <mqcoap/base/clock.hpp>
#include <utility>

namespace mqcoap {

/// Detects a broker that has stopped acknowledging messages although its connection is alive and it answers
/// pings: at QoS 1 such a connection sends nothing once its window is full.
class acknowledgement_watch {
 public:
  explicit acknowledgement_watch(std::chrono::nanoseconds timeout) noexcept : timeout_(timeout) {}

  /// Notes a new connection.
  void begin(steady_time now) noexcept {
    since_ = now;
    acknowledged_ = owed_ = false;
  }
  void acknowledged() noexcept { acknowledged_ = true; }
  /// Checks the connection; to be called periodically. An owed acknowledgement stays owed, whatever is sent
  /// after it.
  /// @param unacknowledged  a message was passed on and is not yet acknowledged
  /// @param all_left  all messages have left this machine
  /// @return true if the broker has owed an acknowledgement for the whole timeout, and sent none
  bool is_silent(steady_time now, bool unacknowledged, bool all_left) noexcept {
    if (std::exchange(acknowledged_, false) || !unacknowledged) owed_ = false;
    if (!owed_) since_ = now;
    owed_ = owed_ || (unacknowledged && all_left);
    return owed_ && now - since_ >= timeout_;
  }
  /// Returns the time since which the broker has been silent, according to the checks.
  steady_time since() const noexcept { return since_; }

 private:
  std::chrono::nanoseconds timeout_;
  steady_time since_{};
  bool acknowledged_ = false;  ///< since the last check
  bool owed_ = false;
};

}  // namespace mqcoap
