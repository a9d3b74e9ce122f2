#pragma once

#include <mqcoap/config/settings.hpp>
#include <mqcoap/settings/diagnostic.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// Checks what a start needs beside a good configuration, without changing anything and without taking what a
/// running gateway holds: that the log can be opened (an error), and that the address of `http.listen` is one
/// of this machine (a warning: the gateway starts without it).
/// @param file  the configuration's name, for the diagnostics
std::vector<diagnostic> check_start(const settings& configuration, const std::string& file);

}  // namespace mqcoap
