#pragma once

#include <cstdint>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/json/json_text.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// A line with placeholders: `VOLT {body}`, `MEAS:VOLT? (@{rest})`. What stands in their places never becomes
/// a line or a command of its own.
class line_template {
 public:
  /// Why there is no template, or no line, in words.
  struct fault {
    std::string words;
  };

  /// Braces that hold no name are text.
  static result<line_template, fault> parse(std::string_view text);

  /// Without the terminator. At fault is a value that is no text, number or boolean; that has control
  /// characters (which end a line) or others beyond ASCII; or a `;` or `?` (which begin another command, or
  /// make a query of it).
  result<std::string, fault> fill(const json_text& body, std::string_view rest) const;

  bool has_body() const noexcept { return has(part::body); }
  bool has_rest() const noexcept { return has(part::rest); }
  /// A line with a `?` is a query, and is answered (IEEE 488.2).
  bool is_query() const noexcept;

  friend bool operator==(const line_template& a, const line_template& b) { return a.source_ == b.source_; }

 private:
  enum class part : std::uint8_t { text, body, rest };
  struct piece {
    part what;
    std::string text;
  };

  bool has(part what) const noexcept;

  std::string source_;
  std::vector<piece> pieces_;
};

}  // namespace mqcoap
