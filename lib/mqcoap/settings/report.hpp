#pragma once

#include <mqcoap/settings/diagnostic.hpp>
#include <mqcoap/settings/node.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// Collects the faults of a configuration, so that all of them (up to `most`) are shown and not only the
/// first. The same fault at the same place counts once: a template's faults are not repeated for each device
/// that uses it. Its output contains no text of a hidden node and no hidden part of a file, and cannot
/// control a terminal.
class report {
 public:
  static constexpr std::size_t most = 1000;  ///< stored faults; further ones are only counted

  void error(const node& at, std::string words, std::string hint = {});
  void warning(const node& at, std::string words, std::string hint = {});
  /// Reports a fault of a map as a whole: marks its key.
  void error_in(const node& map, std::string words, std::string hint = {});
  /// Reports a fault without a node: of grammar, or (line 0) of a whole file.
  void error(const source_file& file, int line, int column, std::size_t length, std::string words,
             std::string hint = {});
  /// Does the same with a hint that repeats the text at that place; the hint is left out if the text is
  /// hidden.
  void error_with_quote(const source_file& file, int line, int column, std::size_t length, std::string words,
                        std::string hint);

  bool failed() const noexcept { return failed_; }

  /// Returns the faults sorted by place, with files in the order given here. Reads the shown lines: the files
  /// must still exist.
  std::vector<diagnostic> take(const std::vector<std::string>& files);

 private:
  void add(diagnostic::severity level, const node& at, std::string path, std::string words, std::string hint);
  void add(diagnostic d, const source_file& file, bool hint_quotes = false);

  struct entry {
    diagnostic what;
    const source_file* file;
    bool hint_quotes;  ///< the hint is left out if the file is hidden
  };
  std::vector<entry> entries_;
  std::size_t left_out_ = 0;
  bool failed_ = false;
};

}  // namespace mqcoap
