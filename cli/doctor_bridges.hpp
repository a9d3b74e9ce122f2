#pragma once

#include <functional>
#include <mqcoap/config/settings.hpp>
#include <string>

#include "command.hpp"
#include "findings.hpp"

// What `doctor` finds out about the brokers of a gateway's configuration.
namespace mqcoap::cli {

/// Whether a gateway with these settings may serve devices on another broker.
/// @param other  name of a broker that is not the default
/// @param came_back  a request that was sent to it reached the default broker
finding judge_bridge(const settings& gateway, const std::string& other, bool came_back);

/// Sends a request to each further broker of a gateway's settings and looks whether it reaches the default
/// broker, as it does when the two are bridged, or are one broker under two names. `show` gets a finding for
/// each of them.
/// @param options  how to ask; the brokers and the namespace are those of the settings
void examine_bridges(const settled_options& options, const settings& gateway,
                     const std::function<void(const finding&)>& show);

}  // namespace mqcoap::cli
