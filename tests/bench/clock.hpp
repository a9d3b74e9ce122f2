#pragma once

#include <time.h>

#include <cstdint>

namespace bench {

/// Returns nanoseconds of the clock that Python calls time.monotonic_ns(), so that the two can be compared.
inline std::int64_t now_ns() noexcept {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

}  // namespace bench
