#pragma once

#include <cstdint>
#include <functional>
#include <mqcoap/config/settings.hpp>
#include <string>

#include "options/command.hpp"
#include "output/findings.hpp"

// Checks of `doctor` that concern the brokers of a gateway's configuration.
namespace mqcoap::cli {

/// Whether a request that was sent to another broker reached the default one.
enum class returned : std::uint8_t {
  yes,
  no,
  unsaid,  ///< it did not arrive, and it is unknown whether that broker accepted it
};

/// Evaluates whether a gateway with these settings may serve devices on another broker.
/// @param other  name of a broker that is not the default
finding judge_bridge(const config::settings& gateway, const std::string& other, returned came_back);

/// Sends a request to each further broker of a gateway's settings and checks whether it reaches the default
/// broker. That happens when the two are bridged, or are one broker under two names. First it checks that the
/// default broker delivers a request that was sent to itself. `show` is called with a finding for each
/// further broker.
/// @param options  options for the connections; brokers and namespace are taken from the settings
void examine_bridges(const settled_options& options, const config::settings& gateway,
                     const std::function<void(const finding&)>& show);

}  // namespace mqcoap::cli
