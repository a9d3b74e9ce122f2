#pragma once

#include <chrono>
#include <cstdint>

namespace mqcoap {

/// Computes the pause before the next attempt. Each failure in a row doubles the range from which the pause
/// is drawn, so that clients that were disconnected together do not reconnect together: 0.5..1 s, then
/// 0.75..1.5 s while the outage is short, like that of a restarting broker; then 1.5..3 s, 3..6 s,
/// ... 15..30 s.
class backoff {
 public:
  struct options {
    std::chrono::milliseconds shortest{500};
    std::chrono::milliseconds longest{30'000};
    std::chrono::milliseconds longest_at_first{1'500};  ///< until the pauses add up to `at_first`
    std::chrono::milliseconds at_first{20'000};
    /// A success that lasted this long resets the pauses. A shorter one does not: two clients that disconnect
    /// each other must not do so at full speed.
    std::chrono::milliseconds settled{10'000};
  };

  backoff() noexcept : backoff(options{}) {}
  explicit backoff(options o) noexcept;

  /// Takes the outcome of the last attempt and returns the pause before the next one.
  /// @param lasted  how long the connection lasted; zero if the attempt failed
  /// @param random  any number, all bits uniform
  std::chrono::milliseconds next(std::chrono::nanoseconds lasted, std::uint64_t random) noexcept;

 private:
  options options_;
  std::chrono::milliseconds range_{0};   ///< upper end of the last range; 0 before the first failure
  std::chrono::milliseconds waited_{0};  ///< total of the pauses since the last reset
};

}  // namespace mqcoap
