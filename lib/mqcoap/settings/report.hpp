#pragma once

#include <mqcoap/settings/diagnostic.hpp>
#include <mqcoap/settings/node.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// Collects the faults of a configuration, so that all of them (up to `most`) are shown and not only the
/// first. The same fault at the same place counts once: a template's faults do not repeat for each device
/// that is like it. What it gives out names no text of a hidden node and shows no hidden part of a file, and
/// nothing in it steers a terminal.
class report {
 public:
  static constexpr std::size_t most = 1000;  ///< faults that are kept; of the others only the number

  void error(const node& at, std::string words, std::string hint = {});
  void warning(const node& at, std::string words, std::string hint = {});
  /// What concerns a map as a whole: marks the key that it stands under.
  void error_in(const node& map, std::string words, std::string hint = {});
  /// A place without a node: a fault of grammar, or (line 0) a file as a whole.
  void error(const source_file& file, int line, int column, std::size_t length, std::string words,
             std::string hint = {});
  /// The same with a hint that repeats what stands there; it is left out where that is hidden.
  void error_with_quote(const source_file& file, int line, int column, std::size_t length, std::string words,
                        std::string hint);

  bool failed() const noexcept { return failed_; }

  /// Sorted by place; files come in the order in which they are named here. Reads the lines that are shown:
  /// the files must still be there.
  std::vector<diagnostic> take(const std::vector<std::string>& files);

 private:
  void add(diagnostic::severity level, const node& at, std::string path, std::string words, std::string hint);
  void add(diagnostic d, const source_file& file, bool hint_quotes = false);

  struct entry {
    diagnostic what;
    const source_file* file;
    bool hint_quotes;  ///< the hint is left out where the file is hidden
  };
  std::vector<entry> entries_;
  std::size_t left_out_ = 0;
  bool failed_ = false;
};

}  // namespace mqcoap
