#pragma once

#include <chrono>
#include <cstdint>

namespace mqcoap {

/// How long to wait before the next try. Each failure in a row doubles the range that the wait is drawn from,
/// so that clients thrown off together do not come back together: 0.5..1 s, then 0.75..1.5 s while the outage
/// is short, as that of a broker which is restarted; then 1.5..3 s, 3..6 s, ... 15..30 s.
class backoff {
 public:
  struct options {
    std::chrono::milliseconds shortest{500};
    std::chrono::milliseconds longest{30'000};
    std::chrono::milliseconds longest_at_first{1'500};  ///< until the waits add up to `at_first`
    std::chrono::milliseconds at_first{20'000};
    /// A success that lasted this long starts the waits over. A shorter one does not: two clients that throw
    /// each other off a broker must not do so at full speed.
    std::chrono::milliseconds settled{10'000};
  };

  backoff() noexcept : backoff(options{}) {}
  explicit backoff(options o) noexcept;

  /// Takes the outcome of the last try and returns the wait before the next one.
  /// @param lasted  how long the success held; zero: the try failed
  /// @param random  any number, all bits uniform
  std::chrono::milliseconds next(std::chrono::nanoseconds lasted, std::uint64_t random) noexcept;

 private:
  options options_;
  std::chrono::milliseconds range_{0};   ///< upper end of the last range; 0 before the first failure
  std::chrono::milliseconds waited_{0};  ///< since the waits began over
};

}  // namespace mqcoap
