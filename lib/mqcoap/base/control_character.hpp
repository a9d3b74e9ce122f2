#pragma once

namespace mqcoap {

/// Returns true for the control characters of ASCII: C0 and DEL.
constexpr bool is_control(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace mqcoap
