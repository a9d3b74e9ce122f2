#pragma once

#include <cstddef>
#include <mqcoap/base/errc.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// The path of a resource: `gains`, `/gains`, `resources/0` (docs/protocol.md, "Paths"). No empty segment, no
/// `.` or `..` segment, no control characters. Echoed unchanged; a leading slash is ignored in comparisons.
class resource_path {
 public:
  static constexpr std::size_t default_limit = 255;  ///< bytes

  /// @par Errors  errc::invalid_path, errc::too_large
  static result<resource_path> parse(std::string_view text, std::size_t limit = default_limit);

  /// Returns the path as it was received.
  const std::string& text() const noexcept { return text_; }
  /// Returns the path without a leading slash, which is the form for matching.
  std::string_view key() const noexcept {
    return text_.front() == '/' ? std::string_view(text_).substr(1) : std::string_view(text_);
  }

  friend bool operator==(const resource_path& a, const resource_path& b) noexcept {
    return a.key() == b.key();
  }

 private:
  explicit resource_path(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace mqcoap
