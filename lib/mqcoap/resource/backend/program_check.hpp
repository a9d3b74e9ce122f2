#pragma once

#include <mqcoap/resource/backend/child_options.hpp>
#include <mqcoap/resource/resource_site.hpp>

namespace mqcoap {

/// Logs a warning if a resource's program cannot be run at present. Does not block.
void warn_of_missing(const child_options& program, const resource_site& at);

}  // namespace mqcoap
