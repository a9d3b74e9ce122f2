#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Makes foreign text safe for a terminal or a log. It replaces the control characters C0, DEL and C1
// (ECMA-48), which control a terminal or end a line, and the bidirectional controls of Unicode (U+061C,
// U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), which change the visible order of the text.
namespace mqcoap {

/// Says whether line feeds and tabulators are kept.
enum class line_ends : bool { replaced, kept };

/// Writes `?` for each such character, and for each byte that is not UTF-8.
std::string safe_text(std::string_view text, line_ends ends = line_ends::replaced);

/// Does the same for one field of a log line, cut after `longest` bytes, with `...`.
std::string log_safe(std::string_view text, std::size_t longest = 256);

/// Keeps the value of valid JSON text: within strings such a character is written `\u00xx`. Between the
/// tokens a carriage return becomes a blank; so do line feeds and tabulators if they are not kept.
std::string safe_json(std::string_view json, line_ends ends = line_ends::kept);

/// Writes such characters as `\u00xx`, like JSON; keeps line feeds (also after a carriage return) and
/// tabulators. Bytes that are not UTF-8 become `?`. For tables, where a `?` would lose data.
std::string escaped_text(std::string_view text);

}  // namespace mqcoap
