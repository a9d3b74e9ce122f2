#pragma once

#include <mqcoap/settings/value_type.hpp>
#include <string>

namespace mqcoap {

/// The path of a resource, as a key: without its leading slash, `*` only as a segment, `**` only at the end.
value_type<std::string> resource_key();

/// The path of another resource of the same device, which is a single one.
value_type<std::string> single_path();

}  // namespace mqcoap
