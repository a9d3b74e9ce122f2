#pragma once

#include <mqcoap/config/diagnostic.hpp>
#include <mqcoap/config/settings.hpp>
#include <string>
#include <vector>

namespace mqcoap::cli {

/// Says each on stderr, as mqcoapd --check does.
void complain_all(const std::vector<diagnostic>& diagnostics);

/// The settings of a configuration file; its faults are said on stderr. @throws failure  status_configuration
settings load_configuration(const std::string& path);

}  // namespace mqcoap::cli
