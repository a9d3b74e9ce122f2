#pragma once

#include <mqcoap/config/device_builder.hpp>
#include <mqcoap/config/spec.hpp>
#include <string>
#include <vector>

namespace mqcoap::config {

/// Reports what gateways that share the requests cannot have: resources that exist or are stored on only one
/// host, and events that each of them would publish. Returns the name of the group; empty: there is none.
std::string check_share(const root_spec& root, const std::vector<built_device>& devices, report& faults);

}  // namespace mqcoap::config
