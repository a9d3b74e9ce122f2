#pragma once

#include <mqcoap/settings/source_file.hpp>
#include <string_view>
#include <vector>

namespace mqcoap {

/// Where secrets may stand in a text that could not be read to its end: from behind each word that names one
/// up to the line that surely is something else. For text that was read, the nodes tell.
std::vector<byte_range> zones_by_looks(std::string_view text);

}  // namespace mqcoap
