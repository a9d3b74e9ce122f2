#include "options/context_edit.hpp"

#include <algorithm>
#include <string_view>

namespace mqcoap::cli {
namespace {

constexpr std::string_view section_head = "contexts:";

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

/// Returns the text that follows the key in a line, without blanks around it and without a comment.
std::string_view value_behind(std::string_view line, std::string_view key) {
  auto rest = line.substr(key.size());
  if (const auto comment = rest.find(" #"); comment != std::string_view::npos) rest = rest.substr(0, comment);
  const auto first = rest.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return rest.substr(first, rest.find_last_not_of(" \t\r") + 1 - first);
}

/// The lines of the contexts, from `begin` to before `end`; each context is indented by `indent`.
struct place {
  std::size_t begin;
  std::size_t end;
  std::size_t indent;
};

/// @return nothing if there is no section, or if it is not in block style
std::optional<place> find_section(const std::vector<std::string>& lines) {
  const auto head = std::find_if(lines.begin(), lines.end(),
                                 [](const auto& line) { return line.starts_with(section_head); });
  if (head == lines.end() || !value_behind(*head, section_head).empty()) return std::nullopt;
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

bool is_plain(std::string_view value) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:@._-";
  return !value.empty() && value.find_first_not_of(plain) == std::string_view::npos &&
         !value.ends_with(':') && value.front() != '-' && value.front() != ':' && value.front() != '@';
}

/// Returns a YAML scalar, in single quotes if it needs quotes.
std::string scalar(const std::string& value) {
  if (is_plain(value)) return value;
  std::string out = "'";
  for (const char c : value) out += c == '\'' ? "''" : std::string(1, c);
  return out + '\'';
}

bool begins(std::string_view line, std::size_t indent, const std::string& name) {
  if (indent_of(line) != indent) return false;
  line.remove_prefix(indent);
  for (const auto& key : {name + ':', '\'' + name + "':", '"' + name + "\":"})
    if (line.starts_with(key)) return true;
  return false;
}

}  // namespace

std::string with_preferred(const std::string& text, const std::string& name) {
  const std::string line = name.empty() ? "" : "default: " + name + '\n';
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    if (text.compare(begin, 8, "default:") == 0) return text.substr(0, begin) + line + text.substr(end);
    begin = end;
  }
  return line + text;
}

std::optional<std::string> with_context(const std::string& text, const std::string& name,
                                        const context_lines& lines) {
  auto all = lines_of(text);
  for (auto& line : all)  // `contexts: {}` is an empty section
    if (line.starts_with(section_head) && value_behind(line, section_head) == "{}") line = section_head;
  const bool is_there =
      std::any_of(all.begin(), all.end(), [](const auto& line) { return line.starts_with(section_head); });
  if (!is_there) all.emplace_back(section_head);
  const auto where = find_section(all);
  if (!where) return std::nullopt;
  const std::string indent(where->indent, ' ');
  std::vector<std::string> block{indent + name + ':' + (lines.empty() ? " {}" : "")};
  for (const auto& [key, value] : lines) block.push_back(indent + indent + key + ": " + scalar(value));
  all.insert(all.begin() + static_cast<std::ptrdiff_t>(where->end), block.begin(), block.end());
  return text_of(all);
}

std::optional<std::string> without_context(const std::string& text, const std::string& name) {
  auto all = lines_of(text);
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
  auto changed = text_of(all);
  const auto lines = lines_of(changed);
  const bool is_default = std::any_of(lines.begin(), lines.end(), [&](const auto& line) {
    return line.starts_with("default:") && value_behind(line, "default:") == name;
  });
  return is_default ? with_preferred(changed, "") : changed;
}

}  // namespace mqcoap::cli
