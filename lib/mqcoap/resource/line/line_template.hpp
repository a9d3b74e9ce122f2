#pragma once

#include <cstdint>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/json/json_text.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// A line with placeholders: `VOLT {body}`, `MEAS:VOLT? (@{rest})`. Their values can never become another
/// line or command.
class line_template {
 public:
  /// The reason why a template or a line cannot be built.
  struct fault {
    std::string message;
  };

  /// Parses a template. Braces without a name in them are text.
  static result<line_template, fault> parse(std::string_view text);

  /// Returns the line without its terminator. Fails if a value is not a string, number or boolean, if it has
  /// control characters (which may end a line) or characters beyond ASCII, or if it has a `;` or `?` (which
  /// would begin another command, or make the line a query).
  result<std::string, fault> fill(const json_text& body, std::string_view rest) const;

  bool has_body() const noexcept { return has(part::body); }
  bool has_rest() const noexcept { return has(part::rest); }
  /// Returns true if the line has a `?`: then it is a query, and is answered (IEEE 488.2).
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
