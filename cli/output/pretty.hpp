#pragma once

#include <cstddef>
#include <mqcoap/json/json_text.hpp>
#include <string>

namespace mqcoap::cli {

/// Formats JSON text for people: indented by two columns, short values on one line, several scalars of a long
/// list on each line. Every number keeps its digits. There is no final line feed.
/// @param width  columns
std::string pretty(const json_text& json, std::size_t width, bool colour);

}  // namespace mqcoap::cli
