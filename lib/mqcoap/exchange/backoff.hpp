#pragma once

#include <chrono>
#include <cstdint>

namespace mqcoap {

/// How long to wait before the next try. Each failure in a row doubles the range that the wait is drawn from:
/// 0.5..1 s, 1..2 s, ... 15..30 s, so that clients thrown off together do not come back together.
class backoff {
 public:
  struct options {
    std::chrono::milliseconds shortest{500};
    std::chrono::milliseconds longest{30'000};
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
  std::chrono::milliseconds range_{0};  ///< upper end of the last range; 0 before the first failure
};

}  // namespace mqcoap
