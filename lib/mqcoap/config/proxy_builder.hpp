#pragma once

#include <mqcoap/config/device_builder.hpp>
#include <mqcoap/config/spec.hpp>

namespace mqcoap::config {

/// Builds the proxy's options. Rejects unknown names, routes and mounts that lead back to this gateway, and
/// routes that would answer in addition to the device itself.
proxy_options build_proxy(const root_spec& root, const std::vector<built_device>& devices, report& faults);

/// Builds the brokers' options. Rejects client ids that would close the connection of a device, or another
/// connection of the gateway.
std::vector<link_options> build_brokers(const root_spec& root, const std::vector<built_device>& devices,
                                        report& faults);

}  // namespace mqcoap::config
