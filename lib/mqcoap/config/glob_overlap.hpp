#pragma once

#include <string_view>

namespace mqcoap::config {

/// Returns true if some text matches both patterns of `glob_match`.
bool globs_overlap(std::string_view a, std::string_view b);

}  // namespace mqcoap::config
