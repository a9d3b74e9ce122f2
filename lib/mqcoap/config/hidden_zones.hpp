#pragma once

#include <mqcoap/settings/source_file.hpp>
#include <string_view>
#include <vector>

namespace mqcoap::config {

/// Returns the parts of a text that may hold secrets, if it could not be read to its end: from each name of a
/// secret to the line that certainly is something else. For text that was read, the nodes tell.
std::vector<byte_range> zones_by_looks(std::string_view text);

}  // namespace mqcoap::config
