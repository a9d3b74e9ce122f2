#include <mqcoap/json/json_members.hpp>

#include <mqcoap/base/ascii.hpp>

namespace mqcoap {
namespace {

void skip_space(std::string_view& text) noexcept {
  std::size_t n = 0;
  while (n < text.size() && is_json_space(text[n])) ++n;
  text.remove_prefix(n);
}

/// Returns the length in bytes of the string at the front, including its quotes.
std::size_t string_length(std::string_view text) noexcept {
  std::size_t end = 1;
  for (;;) {
    end = text.find('"', end);
    std::size_t backslashes = 0;
    while (text[end - 1 - backslashes] == '\\') ++backslashes;
    ++end;
    if (backslashes % 2 == 0) return end;
  }
}

std::size_t container_length(std::string_view text) noexcept {
  std::size_t depth = 0;
  for (std::size_t i = 0;;) {
    switch (text[i]) {
      case '{':
      case '[': ++depth; break;
      case '}':
      case ']':
        if (--depth == 0) return i + 1;
        break;
      case '"': i += string_length(text.substr(i)) - 1; break;
      default: break;
    }
    ++i;
  }
}

/// Returns the length in bytes of the number or literal at the front.
std::size_t word_length(std::string_view text) noexcept {
  std::size_t n = 0;
  while (n < text.size() && text[n] != ',' && text[n] != ']' && text[n] != '}' && !is_json_space(text[n]))
    ++n;
  return n;
}

}  // namespace

std::string_view first_json_value(std::string_view validated) noexcept {
  switch (validated.front()) {
    case '"': return validated.substr(0, string_length(validated));
    case '{':
    case '[': return validated.substr(0, container_length(validated));
    default: return validated.substr(0, word_length(validated));
  }
}

json_members::json_members(std::string_view object) noexcept : rest_(object.substr(1)) {}

bool json_members::next() noexcept {
  skip_space(rest_);
  if (rest_.front() == ',') {
    rest_.remove_prefix(1);
    skip_space(rest_);
  }
  if (rest_.front() == '}') return false;
  key_ = rest_.substr(0, string_length(rest_));
  rest_.remove_prefix(key_.size());
  skip_space(rest_);
  rest_.remove_prefix(1);  // ':'
  skip_space(rest_);
  value_ = first_json_value(rest_);
  rest_.remove_prefix(value_.size());
  return true;
}

}  // namespace mqcoap
