#pragma once

#include <cstddef>
#include <mqcoap/json/json_text.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::cli {

/// Formats JSON as a table, RFC 4180 with line feeds. A list of objects has their keys as header line and a
/// line for each object; a single object likewise; a list of lists has a line for each list, without header;
/// a list of scalars has a line for each; a scalar is one cell. Deeper values are written into their cell as
/// JSON text.
std::string to_csv(const json_text& json);

/// Returns one cell, in quotes if RFC 4180 requires them. Control characters other than line feeds and
/// tabulators are written as in JSON, `\u001b`.
std::string csv_cell(std::string_view text);

/// Returns the columns of UTF-8 text, not counting wide characters twice.
std::size_t columns_of(std::string_view text);

/// Aligns columns with two spaces between them, for a terminal. @param rows  the first is the header
std::string aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace mqcoap::cli
