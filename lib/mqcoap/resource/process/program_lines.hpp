#pragma once

#include <cstddef>
#include <cstdint>
#include <mqcoap/resource/backend/backend.hpp>
#include <optional>
#include <string>
#include <string_view>

// The lines between us and a program: one JSON object each.
namespace mqcoap {

/// `{"id":7,"method":"GET","path":"data/0","body":null}`, with its line end. The path is what `**` stands
/// for.
std::string request_line(std::uint64_t id, const backend_request& what);

/// The contents of a line of a program.
struct program_line {
  std::optional<std::uint64_t> id{};  ///< of the request that is answered
  backend_reply reply{};
  bool is_ready = false;  ///< `{"ready":true}`
};

/// Nothing if it is no such line.
std::optional<program_line> read_line(std::string_view line, std::size_t max_depth);

/// Takes lines out of pieces.
class line_splitter {
 public:
  explicit line_splitter(std::size_t longest) : longest_(longest) {}

  /// The next line without its end, or nothing before there is one. It lives until the next call.
  std::optional<std::string_view> next();
  void add(std::string_view piece) {
    drop_given();
    buffer_ += piece;
  }
  /// Returns true if there is a line without its end.
  bool has_begun() const noexcept { return buffer_.size() > begin_; }
  /// The line that has begun is longer than one may be.
  bool is_too_long() const noexcept { return buffer_.size() - begin_ > longest_; }
  void clear() {
    buffer_.clear();
    begin_ = searched_ = 0;
  }

 private:
  void drop_given() {
    buffer_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
  }

  const std::size_t longest_;
  std::string buffer_;
  std::size_t begin_ = 0;     ///< of what was not given
  std::size_t searched_ = 0;  ///< up to there, there is no line end behind it
};

}  // namespace mqcoap
