#pragma once

#include <mqcoap/config/device_builder.hpp>
#include <mqcoap/config/spec.hpp>
#include <mqcoap/settings/report.hpp>
#include <mqcoap/store/state_options.hpp>
#include <vector>

namespace mqcoap {

/// Makes the options of the store, and reports keys that do not fit each other.
state_options build_state(const root_spec& root, const std::vector<built_device>& devices, report& faults);

}  // namespace mqcoap
