#pragma once

#include <algorithm>
#include <chrono>

namespace mqcoap {

/// Returns the part of a caller's timeout after which it gets a 504. The answer needs time to reach the
/// caller: a tenth of the timeout, at most 100 ms. @return at least 1 ms
constexpr std::chrono::milliseconds without_margin(std::chrono::milliseconds caller_timeout) noexcept {
  using std::chrono::milliseconds;
  const auto margin = std::min(caller_timeout / 10, milliseconds(100));
  return std::max(caller_timeout - margin, milliseconds(1));
}

}  // namespace mqcoap
