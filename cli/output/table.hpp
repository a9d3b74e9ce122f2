#pragma once

#include <cstddef>
#include <mqcoap/json/json_text.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::cli {

/// JSON as a table, RFC 4180 with line feeds: a list of objects has their keys as its header line and a line
/// for each; an object alone likewise; a list of lists has a line for each, without header; a list of scalars
/// a line for each; a scalar is one cell. What is nested deeper stands in its cell as JSON text.
std::string to_csv(const json_text& json);

/// One cell, in quotes where RFC 4180 asks for them. Control characters other than line feeds and tabulators
/// are written as JSON writes them, `\u001b`.
std::string csv_cell(std::string_view text);

/// Columns that UTF-8 text takes, wide characters aside.
std::size_t columns_of(std::string_view text);

/// Columns aligned with two spaces between them, for a terminal. @param rows  the first is the header
std::string aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace mqcoap::cli
