#include <mqcoap/settings/diagnostic.hpp>

#include <algorithm>
#include <mqcoap/base/safe_text.hpp>

namespace mqcoap {
namespace {

constexpr std::size_t widest_excerpt = 160;  // bytes shown of a source line

/// Returns the padding up to the mark, which is as wide as the text above it, even if that has tabs or UTF-8.
std::string padding(std::string_view before) {
  std::string pad;
  for (char c : before) {
    if (c == '\t')
      pad += '\t';
    else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80)
      pad += ' ';
  }
  return pad;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

struct excerpt {
  std::string text;
  std::size_t mark_at;
};

/// Returns the part of a very long line that contains the mark.
excerpt cut(const std::string& line, std::size_t mark_at) {
  mark_at = std::min(mark_at, line.size());
  if (line.size() <= widest_excerpt) return {line, mark_at};
  std::size_t begin = mark_at > widest_excerpt / 2 ? mark_at - widest_excerpt / 2 : 0;
  while (begin > 0 && is_continuation(line[begin])) --begin;
  std::size_t end = std::min(line.size(), begin + widest_excerpt);
  while (end < line.size() && is_continuation(line[end])) ++end;
  const std::string head = begin > 0 ? "..." : "";
  const std::string tail = end < line.size() ? "..." : "";
  return {head + line.substr(begin, end - begin) + tail, mark_at - begin + head.size()};
}

std::size_t glyphs(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

}  // namespace

std::string to_string(const diagnostic& d) {
  std::string out = safe_text(d.file);
  if (d.line > 0) out += ':' + std::to_string(d.line) + ':' + std::to_string(d.column);
  out += d.level == diagnostic::severity::error ? ": error: " : ": warning: ";
  if (!d.key_path.empty()) out += d.key_path + ": ";
  out += d.message + '\n';
  if (d.line == 0) {
    if (!d.hint.empty()) out += "    | " + d.hint + '\n';
    return out;
  }
  const auto column = static_cast<std::size_t>(std::max(d.column, 1)) - 1;
  const auto shown = cut(d.source, column - std::min(column, d.source_from));
  const std::string number = std::to_string(d.line);
  const std::string margin(std::max<std::size_t>(number.size(), 2) - number.size() + 1, ' ');
  const std::string_view marked = std::string_view(shown.text).substr(shown.mark_at, d.length);
  out += margin + number + " | " + shown.text + '\n';
  out += std::string(margin.size() + number.size(), ' ') + " | ";
  out += padding(std::string_view(shown.text).substr(0, shown.mark_at)) + '^';
  const std::size_t width = glyphs(marked);
  if (width > 1) out.append(width - 1, '~');
  if (!d.hint.empty()) out += ' ' + d.hint;
  return out + '\n';
}

}  // namespace mqcoap
