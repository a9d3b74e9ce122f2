#pragma once

#include <mqcoap/protocol/general_topic.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/protocol/resource_path.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// Returns the subsystem under which a device publishes events (docs/protocol.md, "Events"): its first, or
/// `events` if it has none.
inline subsystem_name event_subsystem(const std::vector<subsystem_name>& of_device) {
  return of_device.empty() ? subsystem_name::parse("events").value() : of_device.front();
}

/// Returns the topic of the events of a resource. Precondition: the path is valid for a resource.
inline general_topic event_topic(const namespace_name& ns, const std::vector<subsystem_name>& of_device,
                                 const device_tag& tag, const std::string& path) {
  return {ns, event_subsystem(of_device), general_topic::kind::event, tag,
          resource_path::parse(path, path.size()).value()};
}

}  // namespace mqcoap
