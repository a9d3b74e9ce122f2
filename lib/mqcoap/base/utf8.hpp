#pragma once

#include <cstddef>
#include <string_view>

namespace mqcoap {

/// The beginning of a text in UTF-8, `longest` bytes at most, never half a character.
constexpr std::string_view cut_utf8(std::string_view text, std::size_t longest) noexcept {
  if (text.size() <= longest) return text;
  while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xc0) == 0x80) --longest;
  return text.substr(0, longest);
}

}  // namespace mqcoap
