#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// Reads a JSON number (RFC 8259 section 6) as the nearest double, ties to even, like strtod; a number closer
/// to zero than any double is zero. Nothing if it is greater than the largest double. Boost.JSON's own
/// reading is one double off for every tenth number of 16 or 17 digits. Precondition: the grammar was
/// checked.
std::optional<double> read_json_number(std::string_view text) noexcept;

/// Writes a number as JSON text, the shortest that reads back as the same double: `21.5`, where Boost.JSON
/// writes `2.15E1`. Precondition: finite.
std::string number_text(double number);

}  // namespace mqcoap
