#pragma once

#include <string_view>

namespace mqcoap {

/// Returns true if `text` matches `pattern`, in which `*` stands for any run of characters and `?` for one.
/// Backtracks only to the last `*`, so that no pattern takes exponential time.
bool glob_match(std::string_view pattern, std::string_view text) noexcept;

/// Returns true if the pattern has a wildcard.
inline bool is_glob(std::string_view pattern) noexcept {
  return pattern.find_first_of("*?") != std::string_view::npos;
}

}  // namespace mqcoap
