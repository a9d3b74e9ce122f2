#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/json/json_text.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// How a value is parsed from the bytes that were read.
struct reading_options {
  enum class form : std::uint8_t {
    text,    ///< UTF-8, without the final line break
    number,  ///< a decimal number, with white space around it
    json,
  };

  form as = form::text;
  std::string
      regex{};  ///< RE2: its group, or its match if it has no group, is parsed; if empty, all bytes are
  std::string pointer{};  ///< JSON Pointer (RFC 6901) into the JSON; if empty, the whole value
  std::string expr{};     ///< an expression of the parsed number `x`; if empty, the number itself

  friend bool operator==(const reading_options&, const reading_options&) = default;
};

/// The number of read bytes that an error message shows.
constexpr std::size_t most_shown = 80;

/// The reason why there is no value, with at most `most_shown` of the bytes that were read; safe to log.
struct unreadable {
  std::string message;
};

/// Parses values from bytes.
class reading {
 public:
  /// Precondition: the regular expression and the formula were checked.
  /// @param max_depth  nesting limit of the JSON
  reading(reading_options options, std::size_t max_depth);
  ~reading();

  result<json_text, unreadable> make(std::string_view read) const;
  /// Applies the pointer and the expression to a value.
  result<json_text, unreadable> make(json_text value) const;

  /// Returns why a regular expression cannot be used; nothing if it can.
  static std::optional<std::string> find_regex_fault(const std::string& regex);

 private:
  struct tools;

  result<json_text, unreadable> make_json(std::string_view read) const;
  result<json_text, unreadable> make_number(std::string_view read) const;
  result<json_text, unreadable> compute(double number) const;

  const reading_options options_;
  const std::size_t max_depth_;
  const std::unique_ptr<tools> tools_;
};

}  // namespace mqcoap
