#pragma once

#include <cstddef>
#include <cstdint>
#include <mqcoap/resource/backend/backend.hpp>
#include <optional>
#include <string>
#include <string_view>

// The lines between the gateway and a program, each of which is a JSON object.
namespace mqcoap {

/// Returns `{"id":7,"method":"GET","path":"data/0","body":null}` and a line feed. The path is what
/// `**` stands for.
std::string request_line(std::uint64_t id, const backend_request& what);

/// The contents of a line of a program.
struct program_line {
  std::optional<std::uint64_t> id{};  ///< the id of the request that is answered
  backend_reply reply{};
  bool is_ready = false;  ///< `{"ready":true}`
};

/// Parses a line. Returns nothing if it is not such a line.
std::optional<program_line> read_line(std::string_view line, std::size_t max_depth);

/// Splits pieces of text into lines.
class line_splitter {
 public:
  explicit line_splitter(std::size_t longest) : longest_(longest) {}

  /// Returns the next line without its line end; nothing if there is no complete one. It is valid until
  /// the next call.
  std::optional<std::string_view> next();
  void add(std::string_view piece) {
    drop_given();
    buffer_ += piece;
  }
  /// Returns true if there is an incomplete line.
  bool has_begun() const noexcept { return buffer_.size() > begin_; }
  /// Returns true if the incomplete line is longer than the limit.
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
  std::size_t begin_ = 0;     ///< the beginning of what was not returned yet
  std::size_t searched_ = 0;  ///< between `begin_` and this, there is no line feed
};

}  // namespace mqcoap
