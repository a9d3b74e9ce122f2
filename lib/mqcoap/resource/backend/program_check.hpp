#pragma once

#include <mqcoap/resource/backend/child_options.hpp>
#include <mqcoap/resource/resource_site.hpp>

namespace mqcoap {

/// Has the operator told if a resource's program cannot be run as things are. Blocks nothing.
void warn_of_missing(const child_options& program, const resource_site& at);

}  // namespace mqcoap
