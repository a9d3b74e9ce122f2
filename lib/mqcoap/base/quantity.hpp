#pragma once

#include <chrono>
#include <cstddef>
#include <mqcoap/base/errc.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// Why a text is not the duration or size that is wanted, for a person.
struct quantity_fault {
  std::string expected;  ///< `a duration from 5s to 18h`
  bool bare = false;     ///< it is a number to which only the unit is missing
  std::string hint;      ///< what was probably meant: `5s?`; empty: no idea
};

/// `a duration from 5s to 18h`
std::string duration_words(std::chrono::milliseconds least, std::chrono::milliseconds most);
/// `a size from 16B to 4KiB`
std::string size_words(std::size_t least, std::size_t most);

// Durations and sizes are written in one way everywhere, in files, on the command line and in variables of
// the environment: a number and its unit, without a blank between them (see parse_duration and parse_size).

/// Reads a duration within bounds, which count as well.
result<std::chrono::milliseconds, quantity_fault> read_duration(std::string_view text,
                                                                std::chrono::milliseconds least,
                                                                std::chrono::milliseconds most);

/// Reads a size within bounds, which count as well.
result<std::size_t, quantity_fault> read_size(std::string_view text, std::size_t least, std::size_t most);

/// What somebody meant who wrote `5`, `5 s`, `2m`, `1 hour` or `0,5s`: `5s?`; empty if that cannot be told,
/// or if it is out of the bounds.
std::string duration_hint(std::string_view text, std::chrono::milliseconds least,
                          std::chrono::milliseconds most);

/// What somebody meant who wrote `1MB`, `100k` or `1 MiB`: `1MiB?`; empty as above.
std::string size_hint(std::string_view text, std::size_t least, std::size_t most);

}  // namespace mqcoap
