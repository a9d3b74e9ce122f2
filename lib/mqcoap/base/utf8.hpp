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

}  // namespace mqcoap
