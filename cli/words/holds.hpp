#pragma once

#include <string_view>

namespace mqcoap::cli {

/// Returns true if `text` contains `message`.
inline bool holds(std::string_view text, std::string_view message) noexcept {
  return text.find(message) != std::string_view::npos;
}

}  // namespace mqcoap::cli
