#pragma once

#include <mqcoap/base/shared_list.hpp>
#include <mqcoap/config/spec.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap::config {

/// A built resource, with the data for further checks.
struct built_resource {
  std::string path;
  std::string title;
  std::string unit;
  std::optional<kind_options> kind;     ///< none: it has an error
  const node* path_at = nullptr;        ///< its key
  resource_spec::kind_entry read_as{};  ///< the kind, if it was read without errors
  std::optional<event_options> events{};
};

struct built_device {
  device_tag tag;
  const node* tag_at = nullptr;
  std::string description;
  std::vector<subsystem_name> subsystems;
  shared_list<built_resource> resources;  ///< one list for the devices that have only those of their template
  bool presence = false;
  bool durable_dedup = false;
};

/// Builds devices from templates, kinds of resources, and references between resources. If errors are
/// reported, the result can only be used for further checks.
std::vector<built_device> build_devices(const root_spec& root, report& faults);

/// Builds the resources of a template or a device. Used by build_devices.
std::vector<built_resource> build_resources(const device_spec& device, const payload_limits& limits,
                                            report& faults);

}  // namespace mqcoap::config
