#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

// Character classes of the wire format, independent of the locale.
namespace mqcoap {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
/// Returns true for white space between the tokens of JSON (RFC 8259 section 2).
constexpr bool is_json_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

namespace detail {

enum char_class : std::uint8_t { name_char = 1, hex_char = 2 };

/// Classifies a byte with one load instead of several comparisons, because every byte of every id and topic
/// level of a message is checked.
inline constexpr auto char_classes = [] {
  std::array<std::uint8_t, 256> classes{};
  for (int i = 0; i < 128; ++i) {
    const char c = static_cast<char>(i);
    const char lower = to_lower(c);
    std::uint8_t bits = 0;
    if (is_digit(c) || (lower >= 'a' && lower <= 'f')) bits |= hex_char;
    if (is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '_' || c == '.' || c == '-') bits |= name_char;
    classes[static_cast<std::size_t>(i)] = bits;
  }
  return classes;
}();

constexpr std::uint8_t classes_of(char c) noexcept { return char_classes[static_cast<unsigned char>(c)]; }

}  // namespace detail

constexpr bool is_hex_digit(char c) noexcept { return (detail::classes_of(c) & detail::hex_char) != 0; }

/// Returns true for a character of namespaces, subsystems, tags and lenient ids.
constexpr bool is_name_char(char c) noexcept { return (detail::classes_of(c) & detail::name_char) != 0; }

/// Returns true if the text matches `[A-Za-z0-9_.-]{1,64}`.
constexpr bool is_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), is_name_char);
}

constexpr bool ascii_iequal(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

}  // namespace mqcoap
