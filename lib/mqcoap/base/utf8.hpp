#pragma once

#include <cstddef>
#include <string_view>

namespace mqcoap {

/// Returns the beginning of a UTF-8 text: at most `longest` bytes, without a partial character at the end.
constexpr std::string_view cut_utf8(std::string_view text, std::size_t longest) noexcept {
  if (text.size() <= longest) return text;
  while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xc0) == 0x80) --longest;
  return text.substr(0, longest);
}

/// Returns the length of the UTF-8 sequence at the beginning; 0 if it is not valid (RFC 3629).
constexpr std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto tail = [&byte](std::size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
  const unsigned a = byte(0), b = byte(1);
  if (a < 0x80) return 1;
  if (a >= 0xc2 && a <= 0xdf) return tail(1) ? 2 : 0;
  if (a >= 0xe0 && a <= 0xef)
    return tail(1) && tail(2) && !(a == 0xe0 && b < 0xa0) && !(a == 0xed && b > 0x9f) ? 3 : 0;
  if (a >= 0xf0 && a <= 0xf4)
    return tail(1) && tail(2) && tail(3) && !(a == 0xf0 && b < 0x90) && !(a == 0xf4 && b > 0x8f) ? 4 : 0;
  return 0;
}

/// Returns true if the whole text is UTF-8; otherwise sets `bad_at` to the offset of the first invalid byte.
constexpr bool is_utf8(std::string_view text, std::size_t& bad_at) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i, 4));
    if (length == 0) {
      bad_at = i;
      return false;
    }
    i += length;
  }
  return true;
}

constexpr bool is_utf8(std::string_view text) noexcept {
  std::size_t bad_at = 0;
  return is_utf8(text, bad_at);
}

}  // namespace mqcoap
