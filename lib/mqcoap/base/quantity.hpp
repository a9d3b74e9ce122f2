#pragma once

#include <chrono>
#include <cstddef>
#include <mqcoap/base/errc.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// Explains to the user why a text is not a valid duration or size.
struct quantity_fault {
  std::string expected;  ///< `a duration from 5s to 18h`
  bool bare = false;     ///< it is a number without a unit
  std::string hint;      ///< the probable intention, such as `5s?`; empty if unknown
};

/// Returns `a duration from 5s to 18h`.
std::string duration_text(std::chrono::milliseconds least, std::chrono::milliseconds most);
/// Returns `a size from 16B to 4KiB`.
std::string size_text(std::size_t least, std::size_t most);

// Durations and sizes are written in the same way everywhere, in files, on the command line and in
// environment variables: a number and its unit, without a space between them (see
// parse_duration and parse_size).

/// Reads a duration within inclusive bounds.
result<std::chrono::milliseconds, quantity_fault> read_duration(std::string_view text,
                                                                std::chrono::milliseconds least,
                                                                std::chrono::milliseconds most);

/// Reads a size within inclusive bounds.
result<std::size_t, quantity_fault> read_size(std::string_view text, std::size_t least, std::size_t most);

/// Returns the probable meaning of `5`, `5 s`, `2m`, `1 hour` or `0,5s`: `5s?`; empty if it is unclear or out
/// of bounds.
std::string duration_hint(std::string_view text, std::chrono::milliseconds least,
                          std::chrono::milliseconds most);

/// Returns the probable meaning of `1MB`, `100k` or `1 MiB`: `1MiB?`; empty as above.
std::string size_hint(std::string_view text, std::size_t least, std::size_t most);

}  // namespace mqcoap
