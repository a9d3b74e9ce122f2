#pragma once

#include <mqcoap/settings/node.hpp>

namespace mqcoap {

/// Puts templates into the resources of devices: where a device's resource is of the same kind as that of the
/// same path in its template, it keeps the template's keys that it does not name itself. The keys within
/// `collection` and `action` count likewise; other values are replaced as a whole. A resource of another kind
/// stands as the device says it.
/// @param arena  holds what is made; nodes keep their places, so that faults are told where they stand
/// @return `root` with such resources, or itself if there are none
const node* with_templates(const node& root, node_arena& arena);

}  // namespace mqcoap
