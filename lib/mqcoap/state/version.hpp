#pragma once

#include <string>
#include <string_view>

namespace mqcoap {

/// Computes a value's version: a hash of its text, the same after a restart.
std::string make_etag(std::string_view text);

}  // namespace mqcoap
