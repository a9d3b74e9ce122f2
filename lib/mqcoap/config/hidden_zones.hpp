#pragma once

#include <mqcoap/settings/source_file.hpp>
#include <string_view>
#include <vector>

namespace mqcoap::config {

/// Returns the parts of a text that may contain secrets, for a text that could not be parsed to its end: from
/// each name of a secret up to the first line that is certainly something else. For a text that was parsed,
/// the nodes provide this.
std::vector<byte_range> zones_by_looks(std::string_view text);

}  // namespace mqcoap::config
