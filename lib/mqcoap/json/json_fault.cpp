#include <mqcoap/json/json_fault.hpp>

#include <algorithm>
#include <mqcoap/base/safe_text.hpp>

namespace mqcoap {
namespace {

constexpr std::size_t shown_before = 30;  // bytes shown before the offset
constexpr std::size_t shown_behind = 30;

/// Returns the end of the value after the name of a secret, even in malformed text.
std::size_t value_end(std::string_view text, std::size_t at) {
  if (at >= text.size()) return text.size();
  const char quote = text[at];
  if (quote != '"' && quote != '\'') return std::min(text.find_first_of(",}\n", at), text.size());
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == quote)
      return i + 1;
  }
  return text.size();
}

/// Hides the values of secrets in a part of a text, which begins at `from`.
void cover_secrets(std::string& part, std::size_t from, std::string_view text) {
  for (const std::string_view name : {"token", "password"})
    for (auto at = text.find(name); at < from + part.size(); at = text.find(name, at + 1)) {
      auto value = std::min(text.find_first_not_of("\"' \t\r\n", at + name.size()), text.size());
      if (value == text.size() || (text[value] != ':' && text[value] != '=')) continue;
      value = std::min(text.find_first_not_of(" \t\r\n", value + 1), text.size());
      const auto end = std::min(value_end(text, value), from + part.size());
      for (std::size_t i = std::max(value, from); i < end; ++i) part[i - from] = '*';
    }
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u; }

}  // namespace

std::string text_around(std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  std::size_t begin = offset - std::min(offset, shown_before);
  while (begin < offset && is_continuation(text[begin])) ++begin;
  std::size_t end = std::min(text.size(), offset + shown_behind);
  while (end < text.size() && end > offset && is_continuation(text[end])) --end;
  std::string part(text.substr(begin, end - begin));
  cover_secrets(part, begin, text);
  const auto mark = offset - begin;
  return (begin > 0 ? "..." : "") + safe_text(part.substr(0, mark)) + "-->" + safe_text(part.substr(mark)) +
         (end < text.size() ? "..." : "");
}

std::string explain_json_fault(std::string_view text, const json_fault& fault, std::size_t max_depth) {
  const auto flaw = find_json_flaw(text, max_depth).value_or(json_flaw{fault.offset, fault.reason, {}});
  std::string message =
      flaw.what + " (at byte " + std::to_string(flaw.offset) + ": " + text_around(text, flaw.offset) + ')';
  if (!flaw.hint.empty()) message += "; " + flaw.hint;
  return message;
}

}  // namespace mqcoap
