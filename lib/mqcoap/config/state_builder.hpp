#pragma once

#include <chrono>
#include <mqcoap/config/device_builder.hpp>
#include <mqcoap/config/spec.hpp>
#include <mqcoap/settings/report.hpp>
#include <mqcoap/store/state_options.hpp>
#include <optional>
#include <vector>

namespace mqcoap::config {

/// Builds the options of the store, and reports keys that are inconsistent.
store::state_options build_state(const root_spec& root, const std::vector<built_device>& devices,
                                 report& faults);

/// Returns the lease duration of a gateway that may have to wait for another one; nothing if
/// it always serves.
std::optional<std::chrono::milliseconds> build_standby(const root_spec& root, report& faults);

}  // namespace mqcoap::config
