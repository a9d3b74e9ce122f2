#pragma once

#include <mqcoap/config/settings.hpp>
#include <string>
#include <vector>

#include "options/arguments.hpp"
#include "options/command.hpp"

namespace mqcoap::cli {

/// The options of `serve` and `sim` that describe the devices.
struct responder_arguments {
  std::string target;               ///< TAG or FILE.yaml
  std::vector<std::string> values;  ///< -r
  bool read_only = false;

  void declare(command app);
};

/// Returns true if the target is a file name: it ends with .yaml or .yml, or contains a slash.
bool is_file_name(const std::string& target);

/// Returns the devices and the brokers to answer on. The brokers are those of the file; a broker named by the
/// command line, the environment or a context replaces the first one. The same applies to the namespace.
/// @throws failure  for an invalid option, or a file with errors, which are reported on stderr
config::settings settle(const responder_arguments& given, const settled_options& options);

}  // namespace mqcoap::cli
