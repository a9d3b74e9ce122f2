#include <mqcoap/base/safe_text.hpp>

#include <array>
#include <cstdint>
#include <mqcoap/base/utf8.hpp>

namespace mqcoap {
namespace {

/// A character of a text, or a byte that is not UTF-8.
struct character {
  char32_t code = 0;
  std::size_t size = 1;
  bool valid = false;
};

/// Decodes the first character (RFC 3629: no overlong forms, no surrogates). Precondition: the text
/// is not empty.
character first_of(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
  char32_t code = lead & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0u) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3fu);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {};
  return {code, size, true};
}

bool is_control(char32_t c) noexcept { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

bool is_bidirectional(char32_t c) noexcept {
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool is_harmful(char32_t c) noexcept { return is_control(c) || is_bidirectional(c); }

void append_escape(std::string& out, char32_t c) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[c >> shift & 0xf];
}

/// Copies the text. `replace` writes the replacement of a harmful character or, if `valid` is false,
/// of a byte.
template <class Replace>
std::string cleaned(std::string_view text, Replace&& replace) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto c = first_of(text);
    if (c.valid && !is_harmful(c.code))
      out.append(text.substr(0, c.size));
    else
      replace(out, c, text.substr(c.size));
    text.remove_prefix(c.size);
  }
  return out;
}

}  // namespace

std::string safe_text(std::string_view text, line_ends ends) {
  return cleaned(text, [ends](std::string& out, const character& c, std::string_view) {
    const bool stays = ends == line_ends::kept && c.valid && (c.code == '\n' || c.code == '\t');
    out += stays ? static_cast<char>(c.code) : '?';
  });
}

std::string log_safe(std::string_view text, std::size_t longest) {
  std::string safe = safe_text(cut_utf8(text, longest));
  if (text.size() > longest) safe += "...";
  return safe;
}

std::string safe_json(std::string_view json, line_ends ends) {
  return cleaned(json, [ends](std::string& out, const character& c, std::string_view) {
    // In valid JSON, C0 characters occur only as white space between tokens.
    if (c.valid && c.code >= 0x20)
      append_escape(out, c.code);
    else if (ends == line_ends::kept && c.valid && (c.code == '\n' || c.code == '\t'))
      out += static_cast<char>(c.code);
    else
      out += c.valid ? ' ' : '?';
  });
}

std::string escaped_text(std::string_view text) {
  return cleaned(text, [](std::string& out, const character& c, std::string_view rest) {
    const bool stays =
        c.valid && (c.code == '\n' || c.code == '\t' || (c.code == '\r' && rest.starts_with('\n')));
    if (stays)
      out += static_cast<char>(c.code);
    else if (c.valid)
      append_escape(out, c.code);
    else
      out += '?';
  });
}

}  // namespace mqcoap
