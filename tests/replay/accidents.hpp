#pragma once

#include <string>
#include <string_view>

namespace mqcoap::replay {

/// Returns the payload of a message. In documents under `.gw/`, it removes the parts that differ between
/// machines: the format in which Boost.JSON writes a fraction, the version of the document, which depends on
/// that, and which of several simultaneous failures was the last.
std::string without_accidents(std::string_view payload);

}  // namespace mqcoap::replay
