#pragma once

#include <cstddef>
#include <mqcoap/base/utf8.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// A part of a text that must not be shown.
struct byte_range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// A configuration file in memory, with the data for diagnostics.
class source_file {
 public:
  /// The reason why a file cannot be read.
  struct fault {
    std::string message;
    std::string hint;
    int line = 0;    ///< from 1; 0 for the file as a whole
    int column = 0;  ///< from 1
  };

  static constexpr std::size_t largest = 1u << 20;  ///< bytes

  /// Stores a text that was read elsewhere. A byte order mark is dropped.
  source_file(std::string path, std::string text, unsigned mode);

  const std::string& path() const noexcept { return path_; }
  const std::string& text() const noexcept { return text_; }
  /// Returns true if the file's group, or anybody, may write to it.
  bool others_can_write() const noexcept { return (mode_ & 022u) != 0; }
  bool everybody_can_write() const noexcept { return (mode_ & 002u) != 0; }
  bool everybody_can_read() const noexcept { return (mode_ & 004u) != 0; }
  unsigned permissions() const noexcept { return mode_ & 0777u; }

  /// Returns a line by its number from 1, without its line break; empty if there is none.
  std::string_view line(int number) const noexcept;
  /// Hides a part of the text. Used by parsers of the file, which know what its parts are.
  void hide(byte_range part) { hidden_.push_back(part); }
  /// Hides text that looks like a secret in each shown line. Used by code that knows the names of secrets.
  void cover_lines_with(void (*cover)(std::string& line)) { cover_ = cover; }
  /// Returns true if a position is in a hidden part.
  bool is_hidden(int line, int column) const noexcept;
  /// Returns a line to show: hidden parts, and text that looks like a secret, are replaced with `*`, control
  /// characters with `?`. The result has as many bytes as the line.
  std::string shown_line(int number) const;

  /// Returns the first fault because of which the text cannot be YAML: bytes that are not UTF-8,
  /// or control characters.
  std::optional<fault> check_text() const;

 private:
  std::string path_;
  std::string text_;
  unsigned mode_;
  std::vector<std::size_t> line_starts_;
  std::vector<byte_range> hidden_;
  void (*cover_)(std::string& line) = nullptr;
};

/// Formats permissions as for chmod(1): `0644`.
std::string octal(unsigned permissions);

/// The bytes and permissions of a regular file.
struct file_bytes {
  std::string bytes;
  unsigned mode = 0;
};

/// Reads a regular file of at most `limit` bytes; never blocks on a pipe or device.
/// @return nothing, and `why` set, if that fails
std::optional<file_bytes> read_regular_file(const std::string& path, std::size_t limit, std::string& why);

}  // namespace mqcoap
