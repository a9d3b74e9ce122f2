#include "options/context_edit.hpp"

#include <algorithm>
#include <mqcoap/settings/scalar.hpp>
#include <string_view>

namespace mqcoap::cli {
namespace {

constexpr std::string_view contexts_key = "contexts";
constexpr std::string_view default_key = "default";

/// Removes the byte order mark at the beginning of a text. @return the mark; empty if there is none
std::string take_mark(std::string& text) {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  if (!text.starts_with(mark)) return {};
  text.erase(0, mark.size());
  return std::string(mark);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text.append(line).append(1, '\n');
  return text;
}

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

/// True for a blank line or a comment.
bool is_silent(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  return first == std::string_view::npos || line[first] == '#';
}

/// Returns the text behind the key that a line begins with: `key:`, `'key':` or `"key":`; nothing if the line
/// begins differently.
std::optional<std::string_view> behind_key(std::string_view line, std::string_view key) {
  for (const std::string_view quote : {"", "'", "\""}) {
    auto rest = line;
    bool is_there = true;
    for (const auto part : {quote, key, quote}) {
      is_there = is_there && rest.starts_with(part);
      if (is_there) rest.remove_prefix(part.size());
    }
    const auto colon = std::min(rest.find_first_not_of(' '), rest.size());
    if (is_there && rest.substr(colon).starts_with(':')) return rest.substr(colon + 1);
  }
  return std::nullopt;
}

bool has_key(std::string_view line, std::string_view key) { return behind_key(line, key).has_value(); }

/// Returns a text without a comment at its end and without blanks around it.
std::string_view without_comment(std::string_view text) {
  if (const auto comment = text.find(" #"); comment != std::string_view::npos) text = text.substr(0, comment);
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

/// Returns the value of the key in a line, without blanks around it, without a comment and without quotes.
std::string_view value_of(std::string_view line, std::string_view key) {
  const auto rest = without_comment(behind_key(line, key).value_or(""));
  for (const char quote : {'\'', '"'})
    if (rest.size() > 1 && rest.starts_with(quote) && rest.ends_with(quote))
      return rest.substr(1, rest.size() - 2);
  return rest;
}

/// Returns the index of the first line of content: behind directives and the line `---` that ends them.
/// Without `---`, the content begins at the first line.
std::size_t first_line_of(const std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    if (line.starts_with("---") && is_silent(line.substr(3))) return i + 1;
    if (!is_silent(line) && !line.starts_with('%')) break;
  }
  return 0;
}

/// Returns true for a value that is an empty map, or none.
bool is_nothing(std::string_view value) {
  return value == "{}" || value == "null" || value == "Null" || value == "NULL" || value == "~";
}

/// Removes the only line of content from a file that consists of `{}` or `null`, so that keys can be added.
void drop_empty_document(std::vector<std::string>& lines) {
  const auto first = lines.begin() + static_cast<std::ptrdiff_t>(first_line_of(lines));
  const auto is_content = [](const std::string& line) { return !is_silent(line); };
  const auto only = std::find_if(first, lines.end(), is_content);
  if (only == lines.end() || std::any_of(only + 1, lines.end(), is_content)) return;
  if (is_nothing(without_comment(*only))) lines.erase(only);
}

/// The lines of the contexts, from `begin` to before `end`; each context is indented by `indent`.
struct place {
  std::size_t begin;
  std::size_t end;
  std::size_t indent;
};

/// @return nothing if there is no section, or if it is not in block style
std::optional<place> find_section(const std::vector<std::string>& lines) {
  const auto head =
      std::find_if(lines.begin(), lines.end(), [](const auto& line) { return has_key(line, contexts_key); });
  if (head == lines.end() || !value_of(*head, contexts_key).empty()) return std::nullopt;
  place found{static_cast<std::size_t>(head - lines.begin()) + 1, 0, 0};
  found.end = found.begin;
  for (auto i = found.begin; i < lines.size(); ++i) {
    if (is_silent(lines[i])) continue;
    const auto indent = indent_of(lines[i]);
    if (indent == 0) break;
    if (found.indent == 0) found.indent = indent;
    found.end = i + 1;
  }
  if (found.indent == 0) found.indent = 2;
  return found;
}

/// Returns true if YAML reads the value as text without quotes: `true`, `123` and `1.0` are none.
bool is_plain(const std::string& value) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:@._-";
  if (value.empty() || value.find_first_not_of(plain) != std::string::npos || value.ends_with(':') ||
      std::string_view("-:@").find(value.front()) != std::string_view::npos || value.starts_with("..."))
    return false;
  for (const char* null : {"null", "Null", "NULL"})
    if (value == null) return false;
  node written;
  written.what = node::kind::scalar;
  written.text = value;
  return classify(written) == scalar_kind::string;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Returns a text as a YAML scalar: in single quotes if it needs quotes, in double quotes if it has control
/// characters, which single quotes do not preserve.
std::string scalar(const std::string& value) {
  if (is_plain(value)) return value;
  if (std::none_of(value.begin(), value.end(), is_control)) {
    std::string out = "'";
    for (const char c : value) out += c == '\'' ? "''" : std::string(1, c);
    return out + '\'';
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_control(c))
      out.append("\\u00").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    else
      out.append(c == '"' || c == '\\' ? "\\" : "").append(1, c);
  }
  return out + '"';
}

/// Returns true if the line begins a context of this name.
bool begins(std::string_view line, std::size_t indent, std::string_view name) {
  return indent_of(line) == indent && has_key(line.substr(indent), name);
}

}  // namespace

std::string with_preferred(const std::string& text, const std::string& name) {
  auto body = text;
  const auto mark = take_mark(body);
  auto all = lines_of(body);
  const bool is_open_ended = !body.empty() && body.back() != '\n';
  auto at = std::find_if(all.begin(), all.end(), [](const auto& line) { return has_key(line, default_key); });
  if (at != all.end()) {
    at = all.erase(at);
    // The value may be in the next lines, indented.
    while (at != all.end() && indent_of(*at) > 0 && !is_silent(*at)) at = all.erase(at);
  } else {
    at = all.begin() + static_cast<std::ptrdiff_t>(first_line_of(all));
  }
  const bool is_last = at == all.end();
  if (!name.empty()) all.insert(at, std::string(default_key) + ": " + scalar(name));
  auto changed = text_of(all);
  if (is_open_ended && !is_last) changed.pop_back();
  return mark + changed;
}

std::optional<std::string> with_context(const std::string& text, const std::string& name,
                                        const context_lines& lines) {
  auto body = text;
  const auto mark = take_mark(body);
  auto all = lines_of(body);
  const auto head = std::string(contexts_key) + ':';
  drop_empty_document(all);
  for (auto& line : all)  // `contexts: {}` is an empty section
    if (is_nothing(value_of(line, contexts_key))) line = head;
  const bool is_there =
      std::any_of(all.begin(), all.end(), [](const auto& line) { return has_key(line, contexts_key); });
  if (!is_there) all.push_back(head);
  const auto where = find_section(all);
  if (!where) return std::nullopt;
  const std::string indent(where->indent, ' ');
  std::vector<std::string> block{indent + scalar(name) + ':' + (lines.empty() ? " {}" : "")};
  for (const auto& line : lines)
    block.push_back(indent + indent + line.key + ": " + (line.is_text ? scalar(line.value) : line.value));
  all.insert(all.begin() + static_cast<std::ptrdiff_t>(where->end), block.begin(), block.end());
  return mark + text_of(all);
}

std::optional<std::string> without_context(const std::string& text, const std::string& name) {
  auto body = text;
  const auto mark = take_mark(body);
  auto all = lines_of(body);
  const auto where = find_section(all);
  if (!where) return std::nullopt;
  const auto from = all.begin() + static_cast<std::ptrdiff_t>(where->begin);
  const auto to = all.begin() + static_cast<std::ptrdiff_t>(where->end);
  const auto first =
      std::find_if(from, to, [&](const auto& line) { return begins(line, where->indent, name); });
  if (first == to) return std::nullopt;
  // Comments with the same indentation as the name belong to the next context.
  const auto last = std::find_if(first + 1, to, [&](const auto& line) {
    return line.find_first_not_of(" \t\r") != std::string::npos && indent_of(line) <= where->indent;
  });
  all.erase(first, last);
  const bool is_default = std::any_of(all.begin(), all.end(), [&](const auto& line) {
    return has_key(line, default_key) && value_of(line, default_key) == name;
  });
  const auto changed = mark + text_of(all);
  return is_default ? with_preferred(changed, "") : changed;
}

}  // namespace mqcoap::cli
