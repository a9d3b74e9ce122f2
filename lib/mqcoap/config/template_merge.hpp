#pragma once

#include <mqcoap/settings/node.hpp>

namespace mqcoap::config {

/// Merges templates into the resources of devices: if a device's resource has the same kind as the one on the
/// same path in its template, it gets the template's keys that it does not specify itself. This includes the
/// keys within `collection` and `action`; other values are replaced as a whole. A resource of another kind
/// stays unchanged.
/// @param arena  owns the new nodes; they keep their places, so that errors are reported there
/// @return `root` with such resources, or itself if there are none
const node* with_templates(const node& root, node_arena& arena);

}  // namespace mqcoap::config
