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

/// How a value is made of what was read, as configured.
struct reading_options {
  enum class form : std::uint8_t {
    text,    ///< UTF-8, without the line end behind it
    number,  ///< a decimal number, white space around it
    json,
  };

  form as = form::text;
  std::string regex{};  ///< RE2: the first group of the first match, or the match itself, is read; empty: all
  std::string pointer{};  ///< JSON Pointer (RFC 6901) into JSON; empty: all of it
  std::string expr{};     ///< of the number `x` that was read; empty: it stays

  friend bool operator==(const reading_options&, const reading_options&) = default;
};

/// Why there is no value, in words, with what was read (at most 80 bytes of it, safe to log).
struct unreadable {
  std::string words;
};

/// Makes values of what is read.
class reading {
 public:
  /// Precondition: the regular expression and the formula were checked.
  /// @param max_depth  of JSON that is read
  reading(reading_options options, std::size_t max_depth);
  ~reading();

  result<json_text, unreadable> make(std::string_view read) const;
  /// The same of a value that somebody else has made: the pointer and the formula still apply.
  result<json_text, unreadable> make(json_text value) const;

  /// Why a regular expression cannot be used; nothing if it can.
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
