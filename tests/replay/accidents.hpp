#pragma once

#include <string>
#include <string_view>

namespace mqcoap::replay {

/// The payload of a message; of a document under `.gw/` without what differs between machines: the form in
/// which Boost.JSON writes a fraction, the version of the document that follows from it, and which one of
/// several failures at one moment was the last.
std::string without_accidents(std::string_view payload);

}  // namespace mqcoap::replay
