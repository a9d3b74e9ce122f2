#pragma once

#include <mqcoap/config/device_builder.hpp>
#include <mqcoap/config/spec.hpp>
#include <string>
#include <vector>

namespace mqcoap::config {

/// Reports what gateways that divide the requests cannot have: what only one host has or remembers, and what
/// each of them would say again. Returns the group; empty: there is none.
std::string check_share(const root_spec& root, const std::vector<built_device>& devices, report& faults);

}  // namespace mqcoap::config
