#pragma once

#include <mqcoap/config/spec.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap {

/// A resource that was built, and what later checks need.
struct built_resource {
  std::string path;
  std::string title;
  std::string unit;
  std::optional<kind_options> kind;     ///< none: it is at fault
  const node* path_at = nullptr;        ///< the key that names it
  resource_spec::kind_entry read_as{};  ///< the kind, if there is one
  std::optional<event_options> events{};
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
