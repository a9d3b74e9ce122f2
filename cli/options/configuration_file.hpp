#pragma once

#include <mqcoap/config/loader.hpp>
#include <mqcoap/config/settings.hpp>
#include <mqcoap/settings/diagnostic.hpp>
#include <string>
#include <vector>

namespace mqcoap::cli {

/// Prints each diagnostic on stderr, as mqcoapd --check does.
void complain_all(const std::vector<diagnostic>& diagnostics);

/// Loads a configuration file and prints its diagnostics on stderr. The result has settings.
/// @throws failure  status_configuration
config::load_result load_checked(const std::string& path);

/// Returns the settings of a configuration file; prints its diagnostics on stderr.
/// @throws failure  status_configuration
config::settings load_configuration(const std::string& path);

}  // namespace mqcoap::cli
