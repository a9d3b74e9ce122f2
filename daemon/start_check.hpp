#pragma once

#include <mqcoap/config/settings.hpp>
#include <mqcoap/settings/diagnostic.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// Checks what a start needs in addition to a valid configuration, without changing anything or disturbing a
/// running gateway: that the log can be opened (otherwise an error), that a directory for `persist` is named,
/// if it is needed (otherwise a warning, since the unit names one), and that the address of `http.listen` is
/// an address of this machine (otherwise a warning, since the gateway starts without it).
/// @param file  the name of the configuration, for the diagnostics
std::vector<diagnostic> check_start(const config::settings& configuration, const std::string& file);

}  // namespace mqcoap
