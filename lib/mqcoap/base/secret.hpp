#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// A password or token. It cannot be printed by accident: it is formatted as `***`, and only `reveal`
/// returns the text.
class secret {
 public:
  secret() = default;
  explicit secret(std::string text) : text_(std::move(text)) {}

  /// Returns the text itself, for the code that sends or compares it.
  std::string_view reveal() const noexcept { return text_; }

  friend bool operator==(const secret&, const secret&) = default;
  friend std::ostream& operator<<(std::ostream& out, const secret&) { return out << "***"; }

 private:
  std::string text_;
};

}  // namespace mqcoap
