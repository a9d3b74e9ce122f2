#pragma once

#include <mqcoap/config/spec.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// A resource that was built, and the places that later checks need.
struct built_resource {
  resource_options options;
  const node* path_at = nullptr;        ///< the key that names it
  const node* kind_at = nullptr;        ///< what stands behind the key of its kind; null: it is at fault
  const action_spec* action = nullptr;  ///< of an action
};

struct built_device {
  device_tag tag;
  const node* tag_at = nullptr;
  std::string description;
  std::vector<subsystem_name> subsystems;
  std::vector<built_resource> resources;
  bool presence = false;
};

/// Puts devices together: templates, kinds of resources, what resources say of each other. Faults are
/// reported, and then what is returned is good for further checks only.
std::vector<built_device> build_devices(const root_spec& root, report& faults);

/// The resources of a template or a device, each by itself. (For build_devices.)
std::vector<built_resource> build_resources(const device_spec& device, const payload_limits& limits,
                                            report& faults);

}  // namespace mqcoap
