#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "options/arguments.hpp"
#include "options/command.hpp"
#include "options/option_layer.hpp"

namespace mqcoap::cli {

/// The options that every verb accepts before and after its name.
struct global_options {
  std::optional<std::string> url{};
  std::optional<std::string> host{};
  std::optional<std::string> port{};
  std::optional<std::string> username{};
  std::optional<std::string> password{};
  std::optional<std::string> password_file{};
  tls_choice tls{};
  bool insecure = false;
  std::optional<std::string> protocol{};
  std::optional<int> qos{};
  std::optional<std::string> ns{};
  std::optional<std::string> token_file{};
  std::optional<std::string> timeout{};
  std::optional<std::string> context{};
  std::string output = "body";
  bool header = false;
  std::string format{};
  bool quiet = false;
  bool debug = false;
};

/// Adds the options to the program. @param into  must outlive parsing
void declare_options(CLI::App& root, global_options& into);

/// Returns the settings from the command line. @throws failure
option_layer to_layer(const global_options& given);

/// Returns how to print results. @param variable  std::getenv, for NO_COLOR, TERM and COLUMNS.
/// @throws usage_failure
output_format to_output(const global_options& given, const std::function<const char*(const char*)>& variable);

/// Combines all settings. The command line takes precedence over the environment, the environment over the
/// context, and the context over the defaults. @throws failure
settled_options settle_all(const global_options& given,
                           const std::function<const char*(const char*)>& variable);

/// Keeps CLI11 from reading a negative number as an option, or `[0, 1]` as a list of arguments, by prepending
/// a space, which JSON ignores.
/// @param takes_value  returns true if an argument is an option whose value is the next argument
std::vector<std::string> protect_values(std::vector<std::string> arguments,
                                        const std::function<bool(const std::string&)>& takes_value);

}  // namespace mqcoap::cli
