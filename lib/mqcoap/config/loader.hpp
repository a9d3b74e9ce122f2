#pragma once

#include <cstddef>
#include <mqcoap/config/settings.hpp>
#include <mqcoap/settings/diagnostic.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap::config {

/// The result of loading: `settings` only if no diagnostic is an error.
struct load_result {
  std::optional<settings> value;
  std::vector<diagnostic> diagnostics;  ///< all of them, in the order of the files
  std::size_t files = 0;                ///< number of read files: the main one and the included ones
};

/// Returns a summary: `30 devices, 2 routes, 31 files`. Precondition: there are settings.
std::string summary_of(const load_result& loaded);

/// Says whether `settings::shown` is wanted: it takes a while to write.
enum class effective_text : bool { left_out, written };

/// Reads the file and its includes, and checks everything. Never throws because of the contents of a file;
/// reads files and environment variables, nothing else.
load_result load_settings(const std::string& path, effective_text shown = effective_text::written);

/// The result of showing: YAML only if no diagnostic is an error.
struct show_result {
  std::optional<std::string> yaml;
  std::vector<diagnostic> diagnostics;
};

/// Returns the effective configuration, as YAML that is a configuration again: included files merged,
/// defaults filled in from the field tables, secrets as `***`. Checks everything, like `load_settings`.
show_result show_settings(const std::string& path);

/// Returns the JSON Schema (draft 2020-12) of the configuration, generated from the field tables.
std::string settings_schema();

/// Returns the reference page of the configuration, docs/configuration.md, generated from the field tables.
std::string settings_reference();

/// Returns the manual page mqcoap.yaml(5) in scdoc, man/mqcoap.yaml.5.scd, generated from the field tables.
std::string settings_manual();

}  // namespace mqcoap::config
