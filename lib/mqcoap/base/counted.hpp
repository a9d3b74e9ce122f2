#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mqcoap {

/// Returns a number with its noun, such as `1 device` or `3 devices`.
inline std::string counted(std::uint64_t n, std::string_view noun) {
  auto text = std::to_string(n) + ' ';
  text += noun;
  if (n != 1) text += 's';
  return text;
}

}  // namespace mqcoap
