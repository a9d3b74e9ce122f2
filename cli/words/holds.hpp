#pragma once

#include <string_view>

namespace mqcoap::cli {

/// Returns true if `text` contains `words`.
inline bool holds(std::string_view text, std::string_view words) noexcept {
  return text.find(words) != std::string_view::npos;
}

}  // namespace mqcoap::cli
