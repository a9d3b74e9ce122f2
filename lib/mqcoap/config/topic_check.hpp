#pragma once

#include <mqcoap/config/device_builder.hpp>
#include <mqcoap/protocol/name.hpp>
#include <vector>

namespace mqcoap::config {

/// Reports topics of resources that belong to the protocol, and resources whose events lead back to
/// themselves, which would publish endlessly.
void check_topics(const namespace_name& ns, const std::vector<built_device>& devices, report& faults);

}  // namespace mqcoap::config
