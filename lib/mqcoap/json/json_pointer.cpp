#include <mqcoap/json/json_pointer.hpp>

#include <charconv>
#include <cstddef>
#include <mqcoap/json/json_members.hpp>
#include <mqcoap/json/json_text.hpp>
#include <optional>
#include <string>

namespace mqcoap {
namespace {

std::string decoded(std::string_view token) {
  std::string text;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool is_escape = token[i] == '~' && i + 1 < token.size();
    text += is_escape ? (token[++i] == '1' ? '/' : '~') : token[i];
  }
  return text;
}

/// Returns the value of a member; empty if there is none.
result<std::string_view, lost_pointer> find_member(std::string_view object, const std::string& name) {
  std::string_view found;
  std::string store;
  for (json_members each(object); each.next();) {
    if (view_json_string(each.key(), store) != name) continue;
    if (!found.empty()) return lost_pointer{name};
    found = each.value();
  }
  return found;
}

/// Parses an array index: digits without a leading zero.
std::optional<std::size_t> to_index(std::string_view token) {
  if (token.empty() || (token.front() == '0' && token.size() > 1)) return std::nullopt;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc{} || end != token.data() + token.size()) return std::nullopt;
  return index;
}

std::string_view find_item(std::string_view array, std::size_t index) {
  constexpr std::string_view between = " \t\r\n,";
  for (auto rest = array.substr(1);;) {
    rest.remove_prefix(rest.find_first_not_of(between));
    if (rest.front() == ']') return {};
    const auto item = first_json_value(rest);
    if (index-- == 0) return item;
    rest.remove_prefix(item.size());
  }
}

}  // namespace

result<std::string_view, lost_pointer> find_json(std::string_view validated, std::string_view pointer) {
  while (!pointer.empty()) {
    const auto token = pointer.substr(1, pointer.find('/', 1) - 1);
    pointer.remove_prefix(token.size() + 1);
    if (validated.front() == '{') {
      auto member = find_member(validated, decoded(token));
      if (!member) return member;
      validated = *member;
    } else if (validated.front() == '[') {
      const auto index = to_index(token);
      validated = index ? find_item(validated, *index) : std::string_view();
    } else {
      validated = {};
    }
    if (validated.empty()) return lost_pointer{};
  }
  return validated;
}

bool is_json_pointer(std::string_view text) noexcept {
  if (text.empty()) return true;
  if (text.front() != '/') return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  return true;
}

}  // namespace mqcoap
