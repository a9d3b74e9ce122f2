#pragma once

#include <mqcoap/settings/value_type.hpp>
#include <string>

namespace mqcoap {

/// Reads the path of a resource as a key: without its leading slash, `*` only as a segment, `**` only
/// at the end.
value_type<std::string> resource_key();

/// Reads the path of another, single resource of the same device.
value_type<std::string> single_path();

}  // namespace mqcoap
