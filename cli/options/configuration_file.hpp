#pragma once

#include <mqcoap/config/diagnostic.hpp>
#include <mqcoap/config/loader.hpp>
#include <mqcoap/config/settings.hpp>
#include <string>
#include <vector>

namespace mqcoap::cli {

/// Says each on stderr, as mqcoapd --check does.
void complain_all(const std::vector<diagnostic>& diagnostics);

/// What came of loading a configuration file, with settings; its faults are said on stderr.
/// @throws failure  status_configuration
load_result load_checked(const std::string& path);

/// The settings of a configuration file; its faults are said on stderr. @throws failure  status_configuration
settings load_configuration(const std::string& path);

}  // namespace mqcoap::cli
