#pragma once

#include <cstddef>
#include <mqcoap/json/json_text.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::cli {

/// Formats JSON as a table, RFC 4180 with line feeds. A list of objects becomes a header line with their keys
/// and a line for each object, and a single object likewise. A list of lists becomes a line for each list,
/// without a header; a list of scalars becomes a line for each scalar; a scalar becomes one cell. Deeper
/// values are written into their cell as JSON text.
std::string to_csv(const json_text& json);

/// Returns one cell, in quotes if RFC 4180 requires them. Control characters other than line feeds and tabs
/// are written as in JSON, `\u001b`.
std::string csv_cell(std::string_view text);

/// Returns the number of columns of UTF-8 text; wide characters count as one column.
std::size_t columns_of(std::string_view text);

/// Aligns columns with two spaces between them, for a terminal. @param rows  the first is the header
std::string aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace mqcoap::cli
