#include <mqcoap/settings/report.hpp>

#include <algorithm>
#include <cctype>
#include <mqcoap/base/safe_text.hpp>
#include <stdexcept>
#include <tuple>

namespace mqcoap {
namespace {

constexpr std::size_t longest_source = 1000;  // a whole file may be one line with a thousand errors

/// Replaces the text with `***`, if it is a separate word or long enough to be recognised.
std::string without(std::string message, const std::string& text) {
  const auto is_letter = [&message](std::size_t i) {
    return i < message.size() && std::isalnum(static_cast<unsigned char>(message[i])) != 0;
  };
  constexpr std::size_t surely_known = 5;
  if (text.empty()) return message;
  for (auto at = message.find(text); at != std::string::npos; at = message.find(text, at + 1))
    if (text.size() >= surely_known || (!is_letter(at - 1) && !is_letter(at + text.size())))
      message.replace(at, text.size(), "***");
  return message;
}

/// Adds the source line to a diagnostic, or the part of a very long line that contains the mark.
void add_source(diagnostic& d, const source_file& file) {
  d.source = file.shown_line(d.line);
  if (d.source.size() <= longest_source) return;
  const auto column = static_cast<std::size_t>(std::max(d.column, 1));
  d.source_from = column - std::min(column, longest_source / 2);
  d.source = d.source.substr(std::min(d.source_from, d.source.size()), longest_source);
}

}  // namespace

void report::add(diagnostic d, const source_file& file, bool hint_quotes) {
  failed_ |= d.level == diagnostic::severity::error;
  if (entries_.size() == most) {
    ++left_out_;
    return;
  }
  d.file = file.path();
  for (auto* text : {&d.key_path, &d.message, &d.hint}) *text = safe_text(*text);
  entries_.push_back({std::move(d), &file, hint_quotes});
}

void report::add(diagnostic::severity level, const node& at, std::string path, std::string message,
                 std::string hint) {
  if (at.file == nullptr) throw std::logic_error("a default of a field table: " + message);
  if (at.hidden) {
    message = without(std::move(message), at.text);
    hint = without(std::move(hint), at.text);
  }
  add({level, {}, at.line, at.column, std::move(path), std::move(message), {}, at.length, std::move(hint)},
      *at.file);
}

void report::error(const node& at, std::string message, std::string hint) {
  add(diagnostic::severity::error, at, key_path(at), std::move(message), std::move(hint));
}

void report::warning(const node& at, std::string message, std::string hint) {
  add(diagnostic::severity::warning, at, key_path(at), std::move(message), std::move(hint));
}

void report::error_in(const node& map, std::string message, std::string hint) {
  add(diagnostic::severity::error, map.key != nullptr ? *map.key : map, key_path(map), std::move(message),
      std::move(hint));
}

void report::error(const source_file& file, int line, int column, std::size_t length, std::string message,
                   std::string hint) {
  add({diagnostic::severity::error, {}, line, column, {}, std::move(message), {}, length, std::move(hint)},
      file);
}

void report::error_with_quote(const source_file& file, int line, int column, std::size_t length,
                              std::string message, std::string hint) {
  add({diagnostic::severity::error, {}, line, column, {}, std::move(message), {}, length, std::move(hint)},
      file, true);
}

std::vector<diagnostic> report::take(const std::vector<std::string>& files) {
  const auto place = [&files](const diagnostic& d) {
    return std::tuple(std::find(files.begin(), files.end(), d.file) - files.begin(), d.line, d.column);
  };
  std::stable_sort(entries_.begin(), entries_.end(),
                   [&place](const entry& a, const entry& b) { return place(a.what) < place(b.what); });
  const auto same = [](const diagnostic& a, const diagnostic& b) {
    return std::tie(a.file, a.line, a.column, a.message) == std::tie(b.file, b.line, b.column, b.message);
  };
  std::vector<diagnostic> taken;
  for (auto& [d, file, hint_quotes] : entries_) {
    bool known = false;  // sorting has grouped those at the same place
    for (auto t = taken.rbegin(); t != taken.rend() && t->line == d.line && t->column == d.column && !known;
         ++t)
      known = same(*t, d);
    if (known) continue;
    if (hint_quotes && file->is_hidden(d.line, d.column)) d.hint.clear();
    add_source(d, *file);
    taken.push_back(std::move(d));
  }
  if (left_out_ != 0) {
    diagnostic rest;
    rest.file = files.empty() ? std::string() : files.front();
    rest.message = "there are " + std::to_string(left_out_) + " more faults";
    taken.push_back(std::move(rest));
  }
  entries_.clear();
  return taken;
}

}  // namespace mqcoap
