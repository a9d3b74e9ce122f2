#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// Returns `did you mean 'persist'?` if one of the known words is similar enough. Otherwise lists the words
/// if there are only a few, or returns an empty string.
std::string suggest(std::string_view written, const std::vector<std::string>& known);

}  // namespace mqcoap
