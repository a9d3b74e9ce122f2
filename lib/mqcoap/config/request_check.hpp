#pragma once

#include <mqcoap/config/device_builder.hpp>
#include <mqcoap/config/served_tags.hpp>
#include <vector>

namespace mqcoap::config {

/// Reports resources that send requests to a device for which the gateway itself answers, unless the device
/// has a matching resource: on that path, with that method, under that subsystem.
void check_requests(const std::vector<built_device>& devices, const served_tags& served, report& faults);

}  // namespace mqcoap::config
