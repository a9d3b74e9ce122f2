#pragma once

#include <mqcoap/config/settings.hpp>
#include <string>
#include <vector>

#include "options/arguments.hpp"
#include "options/command.hpp"

namespace mqcoap::cli {

/// The options of `serve` and `sim` that describe the devices.
struct responder_words {
  std::string target;               ///< TAG or FILE.yaml
  std::vector<std::string> values;  ///< -r
  bool read_only = false;

  void declare(command app);
};

/// Returns true for the name of a file: it ends in .yaml or .yml, or has a slash.
bool is_file_name(const std::string& target);

/// Returns the devices, and the brokers to answer on: those of the file, unless the command line, the
/// environment or a context names one, which then replaces the first. The same applies to the namespace.
/// @throws failure  for a wrong option, or a file with faults, which are reported on stderr
config::settings settle(const responder_words& words, const settled_options& options);

}  // namespace mqcoap::cli
