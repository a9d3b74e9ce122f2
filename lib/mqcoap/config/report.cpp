#include <algorithm>
#include <mqcoap/config/report.hpp>
#include <stdexcept>
#include <tuple>

namespace mqcoap {
namespace {}  // namespace

void report::add(diagnostic d) {
  failed_ |= d.level == diagnostic::severity::error;
  diagnostics_.push_back(std::move(d));
}

void report::add(diagnostic::severity level, const node& at, std::string path, std::string words,
                 std::string hint) {
  if (at.file == nullptr) throw std::logic_error("a default of a field table: " + words);
  add(diagnostic{level, at.file->path(), at.line, at.column, std::move(path), std::move(words),
                 at.file->shown_line(at.line), at.length, std::move(hint)});
}

void report::error(const node& at, std::string words, std::string hint) {
  add(diagnostic::severity::error, at, key_path(at), std::move(words), std::move(hint));
}

void report::warning(const node& at, std::string words, std::string hint) {
  add(diagnostic::severity::warning, at, key_path(at), std::move(words), std::move(hint));
}

void report::error_in(const node& map, std::string words, std::string hint) {
  add(diagnostic::severity::error, map.key != nullptr ? *map.key : map, key_path(map), std::move(words),
      std::move(hint));
}

void report::error(const source_file& file, int line, int column, std::size_t length, std::string words,
                   std::string hint) {
  add(diagnostic{diagnostic::severity::error,
                 file.path(),
                 line,
                 column,
                 {},
                 std::move(words),
                 file.shown_line(line),
                 length,
                 std::move(hint)});
}

std::vector<diagnostic> report::take(const std::vector<std::string>& files) {
  const auto place = [&files](const diagnostic& d) {
    return std::tuple(std::find(files.begin(), files.end(), d.file) - files.begin(), d.line, d.column);
  };
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(),
                   [&place](const diagnostic& a, const diagnostic& b) { return place(a) < place(b); });
  const auto same = [](const diagnostic& a, const diagnostic& b) {
    return std::tie(a.file, a.line, a.column, a.message) == std::tie(b.file, b.line, b.column, b.message);
  };
  std::vector<diagnostic> taken;
  for (auto& d : diagnostics_) {
    bool known = false;  // what stands at one place came together by the sorting
    for (auto t = taken.rbegin(); t != taken.rend() && t->line == d.line && t->column == d.column && !known;
         ++t)
      known = same(*t, d);
    if (!known) taken.push_back(std::move(d));
  }
  diagnostics_.clear();
  return taken;
}

}  // namespace mqcoap
