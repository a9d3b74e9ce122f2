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
  constexpr std::string_view replacement = "***";
  if (text.empty()) return message;
  for (auto at = message.find(text); at != std::string::npos;) {
    const bool is_shown = text.size() < surely_known && (is_letter(at - 1) || is_letter(at + text.size()));
    if (!is_shown) message.replace(at, text.size(), replacement);
    at = message.find(text, at + (is_shown ? 1 : replacement.size()));  // the text may be `*` itself
  }
  return message;
}

bool is_error(const diagnostic& d) { return d.level == diagnostic::severity::error; }

/// Returns what two diagnostics have in common if they are the same.
std::string identity_of(const diagnostic& d) {
  return (is_error(d) ? "error:" : "warning:") + std::to_string(d.line) + ':' + std::to_string(d.column) +
         ':' + d.file + '\0' + d.message;
}

/// Keeps the last line, because a thousand diagnostics may be about one line of 1 MiB.
class line_cache {
 public:
  /// Adds the source line to a diagnostic, or the part of a very long line that contains the mark.
  void add_source(diagnostic& d, const source_file& file) {
    if (file_ != &file || number_ != d.line) text_ = file.shown_line(d.line);
    file_ = &file;
    number_ = d.line;
    const auto column = static_cast<std::size_t>(std::max(d.column, 1));
    if (text_.size() > longest_source) d.source_from = column - std::min(column, longest_source / 2);
    d.source = text_.substr(std::min(d.source_from, text_.size()), longest_source);
  }

 private:
  const source_file* file_ = nullptr;
  int number_ = 0;
  std::string text_;
};

}  // namespace

void report::add(diagnostic d, const source_file& file, bool hint_quotes) {
  failed_ |= is_error(d);
  d.file = file.path();
  for (auto* text : {&d.key_path, &d.message, &d.hint}) *text = safe_text(*text);
  if (!known_.insert(identity_of(d)).second) return;
  if (entries_.size() == most && !make_room_for(d)) return;
  warnings_ += is_error(d) ? 0 : 1;
  entries_.push_back({std::move(d), &file, hint_quotes});
}

bool report::make_room_for(const diagnostic& d) {
  ++left_out_;
  if (!is_error(d)) return false;
  if (warnings_ == 0) {
    errors_left_out_ = true;
    return false;
  }
  const auto last = std::find_if(entries_.rbegin(), entries_.rend(),
                                 [](const entry& each) { return !is_error(each.what); });
  entries_.erase(std::next(last).base());
  --warnings_;
  return true;
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
  std::vector<diagnostic> taken;
  line_cache lines;
  for (auto& [d, file, hint_quotes] : entries_) {
    if (hint_quotes && file->is_hidden(d.line, d.column)) d.hint.clear();
    lines.add_source(d, *file);
    taken.push_back(std::move(d));
  }
  if (left_out_ != 0) {
    diagnostic rest;
    rest.level = errors_left_out_ ? diagnostic::severity::error : diagnostic::severity::warning;
    rest.file = files.empty() ? std::string() : files.front();
    rest.message =
        left_out_ == 1 ? "there is 1 more fault" : "there are " + std::to_string(left_out_) + " more faults";
    taken.push_back(std::move(rest));
  }
  entries_.clear();
  known_.clear();
  warnings_ = left_out_ = 0;
  errors_left_out_ = false;
  return taken;
}

}  // namespace mqcoap
