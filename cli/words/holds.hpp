#pragma once

#include <string_view>

namespace mqcoap::cli {

/// Returns true if a text contains these words.
inline bool holds(std::string_view text, std::string_view words) noexcept {
  return text.find(words) != std::string_view::npos;
}

}  // namespace mqcoap::cli
