#include <mqcoap/json/json_fault.hpp>

#include <algorithm>
#include <mqcoap/base/safe_text.hpp>

namespace mqcoap {
namespace {

constexpr std::size_t shown_before = 30;  // bytes shown before the offset
constexpr std::size_t shown_behind = 30;

constexpr std::string_view blanks = " \t\r\n";

std::size_t skip(std::string_view text, std::string_view skipped, std::size_t at) {
  return std::min(text.find_first_not_of(skipped, at), text.size());
}

/// Returns the end of the value of a secret: that of a string or `null` which is followed by a comma or a
/// bracket. The end of any other value is not known, for instance if a quote is missing: all that follows may
/// belong to it.
std::size_t value_end(std::string_view text, std::size_t at) {
  constexpr std::string_view null = "null";
  auto end = at;
  if (text.substr(at).starts_with(null)) {
    end += null.size();
  } else if (at < text.size() && text[at] == '"') {
    for (++end; end < text.size() && text[end] != '"'; ++end)
      if (text[end] == '\\') ++end;
    ++end;
  }
  const auto behind = skip(text, blanks, std::min(end, text.size()));
  const bool ends =
      end > at && behind < text.size() && std::string_view(",}]").find(text[behind]) != text.npos;
  return ends ? end : text.size();
}

/// Returns the beginning of the value after the name of a secret; the end of the text if the name is not a
/// key. The colon may be missing after a quoted name.
std::size_t value_begin(std::string_view text, std::size_t behind_name) {
  const auto next = skip(text, "\"' \t\r\n", behind_name);
  if (next == text.size()) return next;
  if (text[next] == ':' || text[next] == '=') return skip(text, blanks, next + 1);
  const auto gap = text.substr(behind_name, next - behind_name);
  const bool is_key =
      gap.find_first_of("\"'") != gap.npos && std::string_view(",}]").find(text[next]) == gap.npos;
  return is_key ? next : text.size();
}

/// Hides the values of secrets in a part of a text, which begins at `from`. Reads each byte a limited number
/// of times, because anybody may have written the text.
void cover_secrets(std::string& part, std::size_t from, std::string_view text) {
  text = text.substr(0, from + part.size());
  for (const std::string_view name : {"token", "password"})
    for (auto at = text.find(name); at != text.npos; at = text.find(name, at)) {
      at += name.size();
      const auto value = value_begin(text, at);
      if (value == text.size()) continue;
      at = value_end(text, value);
      for (std::size_t i = std::max(value, from); i < at; ++i) part[i - from] = '*';
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
