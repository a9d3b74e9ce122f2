#pragma once

#include <string_view>

namespace mqcoap {

/// True if there is a text that both patterns of `glob_match` match.
bool globs_overlap(std::string_view a, std::string_view b);

}  // namespace mqcoap
