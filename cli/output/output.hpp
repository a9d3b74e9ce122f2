#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/response.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap::cli {

/// The kinds of output that -o selects.
enum class output_kind : std::uint8_t {
  body,  ///< the body: indented on a terminal, otherwise the JSON text with control characters escaped
  json,  ///< the whole response as one JSON object
  raw,   ///< the body; strings without their quotes
  csv,   ///< the body as a table, RFC 4180
};

/// The format of results on standard output.
struct output_format {
  output_kind kind = output_kind::body;
  bool header = false;         ///< -i: print code and header fields before the body
  std::string format{};        ///< -F; empty: not set
  bool terminal = false;       ///< standard output is a terminal
  bool colour = false;         ///< use colour on standard output
  bool colour_errors = false;  ///< use colour on standard error
  std::size_t width = 80;      ///< columns of the terminal
};

/// A request and its answer.
struct exchange_record {
  address to;
  method verb;
  response answer;
  std::chrono::microseconds took{};
};

/// Returns the output for an answer with its final line feed, or an empty string. The body of an error is not
/// data: it appears only in formats that also contain the code (json, -i, -F).
std::string render(const exchange_record& e, const output_format& how);

/// Returns `205 CONTENT 12 ms`.
std::string status_line(const exchange_record& e, bool colour);

/// Returns the whole exchange as one JSON object on a single line: address, method, code, name, ms, path,
/// request_id, source, the received options, and body.
std::string to_json(const exchange_record& e);

/// Returns the text of an error body: a string without its quotes, otherwise the JSON text.
std::string message_of(const json_text& body);

/// Returns the body for `-o raw`: control characters are replaced for a terminal, every byte is
/// kept for a pipe.
std::string raw_text(const json_text& body, const output_format& how);

/// Returns milliseconds for people: `0.42`, `3.1`, `12`, `1234`.
std::string in_milliseconds(std::chrono::microseconds took);

/// Returns what is wrong with a -F text and what is expected; nothing if it is valid.
std::optional<std::string> fault_of_format(std::string_view format);

/// Expands the text of -F: %b body (with -o raw a string without its quotes), %c code, %d its name, %p path,
/// %r request id, %i milliseconds, %J all as JSON, %% percent; \n, \t and \\. Precondition: fault_of_format
/// returns nothing.
std::string apply_format(const output_format& how, const exchange_record& e);

/// Writes to standard output and flushes. @throws output_closed  if it was closed, failure for other errors
void print(std::string_view text);
/// Writes a line to standard error.
void complain(std::string_view line);
/// Writes a hint to standard error, with a mark before each line; an empty hint prints nothing.
void complain_hint(std::string_view hint, bool colour);

}  // namespace mqcoap::cli
