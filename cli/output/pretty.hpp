#pragma once

#include <cstddef>
#include <mqcoap/json/json_text.hpp>
#include <string>

namespace mqcoap::cli {

/// Formats JSON text for people: indented by two columns, short values on one line, long lists of scalars
/// filled. Every number keeps its digits. No final line feed.
/// @param width  columns
std::string pretty(const json_text& json, std::size_t width, bool colour);

}  // namespace mqcoap::cli
