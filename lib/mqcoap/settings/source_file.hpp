#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// Bytes of a text that nobody is to see.
struct byte_range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// A file of the configuration in memory, with what diagnostics need of it.
class source_file {
 public:
  /// Why a file cannot be read, in words.
  struct fault {
    std::string words;
    std::string hint;
    int line = 0;    ///< from 1; 0: the file as a whole
    int column = 0;  ///< from 1
  };

  static constexpr std::size_t largest = 1u << 20;  ///< bytes

  /// Keeps a text that was read elsewhere. A byte order mark is dropped.
  source_file(std::string path, std::string text, unsigned mode);

  const std::string& path() const noexcept { return path_; }
  const std::string& text() const noexcept { return text_; }
  /// True if the file's group, or anybody, may write to it.
  bool others_can_write() const noexcept { return (mode_ & 022u) != 0; }
  bool everybody_can_write() const noexcept { return (mode_ & 002u) != 0; }
  bool everybody_can_read() const noexcept { return (mode_ & 004u) != 0; }
  unsigned permissions() const noexcept { return mode_ & 0777u; }

  /// A line by its number from 1, without its end; empty if there is none.
  std::string_view line(int number) const noexcept;
  /// Keeps a part of the text from being shown. (For who reads the file and knows what its parts are.)
  void hide(byte_range part) { hidden_.push_back(part); }
  /// Covers what looks like a secret in each line that is shown. (For who knows what secrets are called.)
  void cover_lines_with(void (*cover)(std::string& line)) { cover_ = cover; }
  /// True if a place lies in a part that is not shown.
  bool is_hidden(int line, int column) const noexcept;
  /// A line for showing to a person: what is hidden, and what looks like a secret, is covered with `*`, what
  /// would steer a terminal with `?`. Has as many bytes as the line.
  std::string shown_line(int number) const;

  /// What keeps the text from being YAML at all: bytes that are not UTF-8, control characters.
  std::optional<fault> check_text() const;

 private:
  std::string path_;
  std::string text_;
  unsigned mode_;
  std::vector<std::size_t> line_starts_;
  std::vector<byte_range> hidden_;
  void (*cover_)(std::string& line) = nullptr;
};

/// Permissions as chmod(1) takes them: `0644`.
std::string octal(unsigned permissions);

/// Bytes and permissions of a regular file.
struct file_bytes {
  std::string bytes;
  unsigned mode = 0;
};

/// Reads a regular file of at most `limit` bytes; never waits for a pipe or device.
/// @return nothing, and `why` set, if that fails
std::optional<file_bytes> read_regular_file(const std::string& path, std::size_t limit, std::string& why);

/// True if the text is UTF-8 throughout; else `bad_at` is the offset of the first byte that is not.
bool is_utf8(std::string_view text, std::size_t& bad_at) noexcept;

}  // namespace mqcoap
