#pragma once

#include <cstddef>
#include <mqcoap/config/settings.hpp>
#include <mqcoap/settings/diagnostic.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap {

/// What came of loading: `settings` only if no diagnostic is an error.
struct load_result {
  std::optional<settings> value;
  std::vector<diagnostic> diagnostics;  ///< all of them, in the order of the files
  std::size_t files = 0;                ///< that were read: the main one and those that it includes
};

/// What was found: `30 devices, 2 routes, 31 files`. Precondition: there are settings.
std::string summary_of(const load_result& loaded);

/// Reads the file and what it includes, and checks everything. Never throws for what a file says; reads files
/// and environment variables, nothing else.
load_result load_settings(const std::string& path);

/// What came of showing: YAML only if no diagnostic is an error.
struct show_result {
  std::optional<std::string> yaml;
  std::vector<diagnostic> diagnostics;
};

/// The configuration as it is in force, as YAML that is a configuration again: included files put in,
/// defaults filled in from the field tables, secrets as `***`. Checks everything, as `load_settings` does.
show_result show_settings(const std::string& path);

/// The JSON Schema (draft 2020-12) of the configuration, generated from the field tables.
std::string settings_schema();

/// The reference page of the configuration, docs/configuration.md, generated from the field tables.
std::string settings_reference();

/// The manual page mqcoap.yaml(5) in scdoc, man/mqcoap.yaml.5.scd, generated from the field tables.
std::string settings_manual();

}  // namespace mqcoap
