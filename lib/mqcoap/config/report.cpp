#include <algorithm>
#include <mqcoap/config/report.hpp>
#include <stdexcept>
#include <tuple>

namespace mqcoap {
namespace {

constexpr std::size_t longest_source = 1000;  // a line may be all of a file, and have a thousand faults

}  // namespace

void report::add(diagnostic d, const source_file& file) {
  failed_ |= d.level == diagnostic::severity::error;
  if (diagnostics_.size() == most) {
    ++left_out_;
    return;
  }
  d.file = file.path();
  d.source = file.shown_line(d.line);
  if (d.source.size() > longest_source) {
    const auto column = static_cast<std::size_t>(std::max(d.column, 1));
    d.source_from = column - std::min(column, longest_source / 2);
    d.source = d.source.substr(std::min(d.source_from, d.source.size()), longest_source);
  }
  diagnostics_.push_back(std::move(d));
}

void report::add(diagnostic::severity level, const node& at, std::string path, std::string words,
                 std::string hint) {
  if (at.file == nullptr) throw std::logic_error("a default of a field table: " + words);
  add({level, {}, at.line, at.column, std::move(path), std::move(words), {}, at.length, std::move(hint)},
      *at.file);
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
  add({diagnostic::severity::error, {}, line, column, {}, std::move(words), {}, length, std::move(hint)},
      file);
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
  if (left_out_ != 0) {
    diagnostic rest;
    rest.file = files.empty() ? std::string() : files.front();
    rest.message = "there are " + std::to_string(left_out_) + " more faults";
    taken.push_back(std::move(rest));
  }
  diagnostics_.clear();
  return taken;
}

}  // namespace mqcoap
