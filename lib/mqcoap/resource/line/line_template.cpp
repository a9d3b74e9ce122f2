#include <mqcoap/resource/line/line_template.hpp>

#include <algorithm>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/base/control_character.hpp>
#include <optional>
#include <utility>

namespace mqcoap {
namespace {

/// Returns the name in braces at the beginning of the text; empty if there is none.
std::string_view name_in_braces(std::string_view text) {
  const auto end = text.find('}');
  if (end == std::string_view::npos) return {};
  const auto name = text.substr(1, end - 1);
  const bool is_name =
      std::all_of(name.begin(), name.end(), [](char c) { return is_name_char(c); }) && !name.empty() &&
      ((name.front() >= 'a' && name.front() <= 'z') || (name.front() >= 'A' && name.front() <= 'Z'));
  return is_name ? name : std::string_view{};
}

/// Returns why a value cannot be a part of a line; nothing if it can.
std::optional<std::string> why_no_part_of_line(std::string_view value) {
  // Rejects characters beyond ASCII as well, because they would become others on a line with seven data bits.
  if (!std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7f; }))
    return "it has a control character or one beyond ASCII, and the instrument takes one line";
  if (value.find_first_of(";?") != std::string_view::npos)
    return "it has a ';' or a '?', and the instrument takes one command";
  return std::nullopt;
}

}  // namespace

result<line_template, line_template::fault> line_template::parse(std::string_view text) {
  if (text.empty()) return fault{"it is empty"};
  if (std::any_of(text.begin(), text.end(), [](char c) { return is_control(c); }))
    return fault{"it has a control character; `terminator` says what ends a line"};
  line_template made;
  made.source_ = text;
  std::string plain;
  const auto add = [&made, &plain](part what) {
    if (!plain.empty()) made.pieces_.push_back({part::text, std::exchange(plain, {})});
    if (what != part::text) made.pieces_.push_back({what, {}});
  };
  while (!text.empty()) {
    const auto name = text.front() == '{' ? name_in_braces(text) : std::string_view{};
    if (name.empty()) {
      plain += text.front();
      text.remove_prefix(1);
      continue;
    }
    if (name != "body" && name != "rest")
      return fault{"there is no placeholder '{" + std::string(name) + "}'; there are {body} and {rest}"};
    add(name == "body" ? part::body : part::rest);
    text.remove_prefix(name.size() + 2);
  }
  add(part::text);
  return made;
}

result<std::string, line_template::fault> line_template::fill(const json_text& body,
                                                              std::string_view rest) const {
  std::string line;
  for (const auto& each : pieces_) {
    if (each.what == part::text) {
      line += each.text;
      continue;
    }
    std::string value(rest);
    if (each.what == part::body) {
      const auto text = body.text();
      if (body.is_string())
        value = decode_json_string(text);
      else if (body.is_number() || text == "true" || text == "false")
        value = text;
      else
        return fault{"the body is not a text, number or boolean"};
    }
    if (const auto why = why_no_part_of_line(value))
      return fault{(each.what == part::body ? "the body cannot be sent: " : "the path cannot be sent: ") +
                   *why};
    line += value;
  }
  return {boost::system::in_place_value, std::move(line)};
}

bool line_template::is_query() const noexcept {
  return std::any_of(pieces_.begin(), pieces_.end(),
                     [](const piece& each) { return each.text.find('?') != std::string::npos; });
}

bool line_template::has(part what) const noexcept {
  return std::any_of(pieces_.begin(), pieces_.end(), [what](const piece& each) { return each.what == what; });
}

}  // namespace mqcoap
