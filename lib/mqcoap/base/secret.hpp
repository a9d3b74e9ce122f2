#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// A password or token. Nothing prints it by accident: it formats as `***`, and only `reveal` gives the text.
class secret {
 public:
  secret() = default;
  explicit secret(std::string text) : text_(std::move(text)) {}

  /// The text itself, for the one place that sends or compares it.
  std::string_view reveal() const noexcept { return text_; }

  friend bool operator==(const secret&, const secret&) = default;
  friend std::ostream& operator<<(std::ostream& out, const secret&) { return out << "***"; }

 private:
  std::string text_;
};

}  // namespace mqcoap
