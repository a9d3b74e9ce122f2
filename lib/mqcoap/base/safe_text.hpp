#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Functions that make untrusted text safe for a terminal or a log. They replace the control characters C0,
// DEL and C1 (ECMA-48), which control a terminal or end a line, and the bidirectional controls of Unicode
// (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), which change the visible order of the text.
namespace mqcoap {

/// Selects whether line feeds and tabs are kept.
enum class line_ends : bool { replaced, kept };

/// Replaces each such character, and each byte that is not UTF-8, with `?`.
std::string safe_text(std::string_view text, line_ends ends = line_ends::replaced);

/// Does the same for one field of a log line, and truncates it to `longest` bytes and `...`.
std::string log_safe(std::string_view text, std::size_t longest = 256);

/// Does the same for valid JSON text without changing its value: such a character within a string is written
/// as `\uXXXX`. Between tokens, carriage returns become spaces; so do line feeds and tabs if they
/// are not kept.
std::string safe_json(std::string_view json, line_ends ends = line_ends::kept);

/// Writes such characters as `\uXXXX`, like JSON; keeps tabs and line feeds, also with a carriage return
/// before them. Bytes that are not UTF-8 become `?`. For tables, where replacing characters with `?`
/// would lose data.
std::string escaped_text(std::string_view text);

}  // namespace mqcoap
