#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Text of others as a terminal or a log may show it. Removed are the control characters C0, DEL and C1
// (ECMA-48), which steer a terminal or end a line, and the bidirectional controls of Unicode (U+061C, U+200E,
// U+200F, U+202A to U+202E, U+2066 to U+2069), which show a text in another order than it is written.
namespace mqcoap {

/// What becomes of line feeds and tabulators.
enum class line_ends : bool { replaced, kept };

/// A `?` for each such character, and for each byte that is not UTF-8.
std::string safe_text(std::string_view text, line_ends ends = line_ends::replaced);

/// The same for one field of a log line: cut after `longest` bytes, with `...`.
std::string log_safe(std::string_view text, std::size_t longest = 256);

/// The same value for text that is valid JSON: inside of strings such a character is written `\u00xx`.
/// Between the tokens a carriage return becomes a blank; line feeds and tabulators, too, where they are to be
/// replaced.
std::string safe_json(std::string_view json, line_ends ends = line_ends::kept);

/// Text with such characters written `\u00xx`, as JSON would; line feeds (also behind a carriage return) and
/// tabulators stay. Bytes that are not UTF-8 become `?`. For tables, where a `?` would lose data.
std::string escaped_text(std::string_view text);

}  // namespace mqcoap
