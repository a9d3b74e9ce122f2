#pragma once

#include <cstddef>
#include <mqcoap/json/json_text.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// Explains why a text is not JSON, for the person who has to correct it.
struct json_flaw {
  std::size_t offset = 0;  ///< bytes from the beginning
  std::string what;        ///< `NaN is not a JSON value`
  std::string hint;        ///< `JSON has no NaN and no Infinity: use null`; may be empty
};

/// Returns the result of `validate_json` for a text that `scan_json` did not accept.
std::optional<json_fault> find_json_fault(std::string_view text, std::size_t max_depth);

/// Finds the first place that violates RFC 8259, and recognises the syntax of other languages: NaN, True,
/// single quotes, comments, a trailing comma. Looks no deeper than `max_depth`. Slower than `validate_json`,
/// and only for text that it has rejected. @return nothing if no flaw is found
std::optional<json_flaw> find_json_flaw(std::string_view text, std::size_t max_depth);

/// Returns the text around an offset, which is marked with `-->`, on one line: safe for logs and terminals,
/// and without the values of `token` and `password`.
std::string text_around(std::string_view text, std::size_t offset);

/// Returns `NaN is not a JSON value (at byte 17: {"gain":-->NaN,"x":1}); JSON has no NaN and no
/// Infinity: use null`.
std::string explain_json_fault(std::string_view text, const json_fault& fault, std::size_t max_depth);

}  // namespace mqcoap
