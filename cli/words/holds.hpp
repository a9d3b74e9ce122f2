#pragma once

#include <string_view>

namespace mqcoap::cli {

/// Returns true if `text` contains `part`.
inline bool holds(std::string_view text, std::string_view part) noexcept {
  return text.find(part) != std::string_view::npos;
}

}  // namespace mqcoap::cli
