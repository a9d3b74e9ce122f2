#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// Parses a JSON number (RFC 8259 section 6) as the nearest double, ties to even, like strtod; a number
/// closer to zero than any double becomes zero. Returns nothing if its absolute value exceeds the largest
/// double. Boost.JSON's own conversion is off by one double for one in ten numbers of 16 or 17 digits.
/// Precondition: the grammar was checked.
std::optional<double> read_json_number(std::string_view text) noexcept;

/// Returns the shortest JSON text that parses as the same double: `21.5`, where Boost.JSON writes `2.15E1`.
/// Precondition: the number is finite.
std::string number_text(double number);

}  // namespace mqcoap
