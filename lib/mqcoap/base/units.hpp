#pragma once

#include <chrono>
#include <cstddef>
#include <mqcoap/base/errc.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// Parses `200ms`, `5s`, `2min`, `1h`; fractions are allowed (`0.5s`), signs are not.
/// @par Errors  errc::missing_unit for a bare number, else errc::invalid_duration.
result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// Parses `512B`, `256KiB`, `2MiB`, `1GiB`: whole numbers with units that are powers of 1024.
/// @par Errors  errc::missing_unit for a bare number, else errc::invalid_size.
result<std::size_t> parse_size(std::string_view text);

/// Returns the shortest exact form that parse_duration reads back: `4s`, `250ms`.
std::string to_string(std::chrono::milliseconds duration);

/// Returns the shortest exact form that parse_size reads back: `256KiB`, `1000B`.
std::string size_to_string(std::size_t bytes);

}  // namespace mqcoap
