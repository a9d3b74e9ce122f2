#include <mqcoap/config/hidden_zones.hpp>

#include <algorithm>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/config/secret_names.hpp>

namespace mqcoap::config {
namespace {

std::size_t line_begin(std::string_view text, std::size_t at) {
  const auto end = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return end == std::string_view::npos ? 0 : end + 1;
}

std::size_t line_end(std::string_view text, std::size_t at) {
  return std::min(text.find('\n', at), text.size());
}

/// Returns the end of the quoted text that begins at `at`, or the end of the file if the quote
/// is never closed.
std::size_t quote_end(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\')
      ++i;
    else if (text[i] == quote)
      return i + 1;
  }
  return text.size();
}

/// Returns true for a line that begins with a key, `word:` or `"word":`, possibly after a dash.
bool begins_with_key(std::string_view line) {
  while (line.starts_with("- ")) line.remove_prefix(std::min(line.find_first_not_of(' ', 1), line.size()));
  if (line.starts_with('"') || line.starts_with('\'')) line.remove_prefix(1);
  std::size_t n = 0;
  while (n < line.size() && (is_name_char(line[n]) || line[n] == '/' || line[n] == '*')) ++n;
  if (n == 0) return false;
  line.remove_prefix(n);
  if (line.starts_with('"') || line.starts_with('\'')) line.remove_prefix(1);
  return line == ":" || line.starts_with(": ") || line.starts_with(":\r");
}

/// Returns the end of the value that begins at `value`, after a key in column `indent`.
std::size_t zone_end(std::string_view text, std::size_t value, std::size_t indent) {
  const bool is_quoted = text[value] == '"' || text[value] == '\'';
  std::size_t end = line_end(text, is_quoted ? quote_end(text, value) : value);
  while (end < text.size()) {
    const auto line = text.substr(end + 1, line_end(text, end + 1) - end - 1);
    const auto first = std::min(line.find_first_not_of(" \t\r"), line.size());
    if (first <= indent && begins_with_key(line.substr(first))) return end;
    end += 1 + line.size();
  }
  return text.size();
}

}  // namespace

std::vector<byte_range> zones_by_looks(std::string_view text) {
  std::vector<byte_range> zones;
  for (std::size_t at = find_secret_value(text); at < text.size(); at = find_secret_value(text, at)) {
    // The key ends before blanks, ':' and '='; the zone is determined by the line in which the key ends.
    const auto key_end = text.find_last_not_of(" \t\r\n:=\"'", at - 1);
    const auto begin = line_begin(text, key_end);
    const auto line = text.substr(begin, key_end - begin);
    const bool in_flow = line.find_first_of("{[") != std::string_view::npos;
    auto word = key_end;
    while (word > begin && std::string_view(" \t{[,'\"").find(text[word - 1]) == std::string_view::npos)
      --word;
    const auto indent = in_flow ? std::min(line.find_first_not_of(" \t"), line.size()) : word - begin;
    const auto end = zone_end(text, at, indent);
    zones.push_back({at, end});
    at = end;
  }
  return zones;
}

}  // namespace mqcoap::config
