#pragma once

#include <mqcoap/settings/diagnostic.hpp>
#include <mqcoap/settings/node.hpp>
#include <string>
#include <unordered_set>
#include <vector>

namespace mqcoap {

/// Collects the errors and warnings about a configuration, so that all of them (up to `most`, errors first)
/// are shown and not only the first. A message that is repeated for the same place is stored and counted
/// once: those about a template are not repeated for each device that uses it. Its output contains no text of
/// a hidden node and no hidden part of a file, and cannot control a terminal.
class report {
 public:
  static constexpr std::size_t most = 1000;  ///< stored errors and warnings; further ones are only counted

  void error(const node& at, std::string message, std::string hint = {});
  void warning(const node& at, std::string message, std::string hint = {});
  /// Reports an error about a map as a whole: marks its key.
  void error_in(const node& map, std::string message, std::string hint = {});
  /// Reports an error without a node: about the syntax, or (line 0) about a whole file.
  void error(const source_file& file, int line, int column, std::size_t length, std::string message,
             std::string hint = {});
  /// Does the same with a hint that repeats the text at that place; the hint is left out if the
  /// text is hidden.
  void error_with_quote(const source_file& file, int line, int column, std::size_t length,
                        std::string message, std::string hint);

  bool failed() const noexcept { return failed_; }

  /// Returns the diagnostics sorted by place, with files in the order of `files`, and the number of those
  /// that were left out; it is an error if one of these is. Reads the lines to show, so the source_file
  /// objects must still exist.
  std::vector<diagnostic> take(const std::vector<std::string>& files);

 private:
  void add(diagnostic::severity level, const node& at, std::string path, std::string message,
           std::string hint);
  void add(diagnostic d, const source_file& file, bool hint_quotes = false);
  /// Counts one that is left out: a warning to make room for an error, or else the diagnostic itself.
  /// Returns false in the second case.
  bool make_room_for(const diagnostic& d);

  struct entry {
    diagnostic what;
    const source_file* file;
    bool hint_quotes;  ///< the hint is left out if the file is hidden
  };
  std::vector<entry> entries_;
  std::unordered_set<std::string> known_;  ///< places and messages, also of those that are left out
  std::size_t warnings_ = 0;               ///< those among the entries
  std::size_t left_out_ = 0;
  bool errors_left_out_ = false;
  bool failed_ = false;
};

}  // namespace mqcoap
