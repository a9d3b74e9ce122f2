#pragma once

#include <string_view>

namespace mqcoap::cli {

/// True if a text has these words somewhere.
inline bool holds(std::string_view text, std::string_view words) noexcept {
  return text.find(words) != std::string_view::npos;
}

}  // namespace mqcoap::cli
