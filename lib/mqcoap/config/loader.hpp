#pragma once

#include <cstddef>
#include <mqcoap/config/settings.hpp>
#include <mqcoap/settings/diagnostic.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap::config {

/// The result of loading: there are `settings` only if no diagnostic is an error.
struct load_result {
  std::optional<settings> value;
  std::vector<diagnostic> diagnostics;  ///< all of them, in the order of the files
  std::size_t files = 0;                ///< number of files read: the main one and the included ones
};

/// Returns a summary: `30 devices, 2 routes, 31 files`. Precondition: there are settings.
std::string summary_of(const load_result& loaded);

/// Whether `settings::shown` is created, which takes a while.
enum class effective_text : bool { left_out, written };

/// Reads the file and its includes, and checks everything. Never throws because of the contents of a file.
/// Reads files and environment variables, and uses nothing else.
load_result load_settings(const std::string& path, effective_text shown = effective_text::written);

/// The result of showing a configuration: there is YAML only if no diagnostic is an error.
struct show_result {
  std::optional<std::string> yaml;
  std::vector<diagnostic> diagnostics;
};

/// Returns the effective configuration as YAML, which is itself a valid configuration: included files merged,
/// defaults filled in from the field tables, secrets as `***`. Checks everything, like `load_settings`.
show_result show_settings(const std::string& path);

/// Returns the JSON Schema (draft 2020-12) of the configuration, generated from the field tables.
std::string settings_schema();

/// Returns the reference page of the configuration, docs/configuration.md, generated from the field tables.
std::string settings_reference();

/// Returns the manual page mqcoap.yaml(5) in scdoc, man/mqcoap.yaml.5.scd, generated from the field tables.
std::string settings_manual();

}  // namespace mqcoap::config
