#pragma once

#include <time.h>

#include <chrono>

namespace mqcoap {

/// A clock that counts the time since the machine was started, including the time that it was suspended,
/// during which std::chrono::steady_clock (CLOCK_MONOTONIC) does not advance. Use it to detect elapsed time,
/// not for deadlines: timers follow the steady clock.
struct boot_clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<boot_clock>;
  static constexpr bool is_steady = true;

  static time_point now() noexcept {
    timespec t{};
    ::clock_gettime(CLOCK_BOOTTIME, &t);
    return time_point(std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec));
  }
};

}  // namespace mqcoap
