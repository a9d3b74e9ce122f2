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

/// Returns true if an argument is an option whose value is the next argument.
using value_test = std::function<bool(const std::string&)>;

/// Treats `-h` as the last argument as a request for help, as other programs do. Followed by another
/// argument, it names the broker's host; behind `--`, it is a value.
std::vector<std::string> with_help_by_h(std::vector<std::string> arguments, const value_test& takes_value);

/// Keeps CLI11 from reading a negative number as an option, or `[0, 1]` as a list of arguments: the arguments
/// are guarded, and nothing that reads them sees a difference.
std::vector<std::string> protect_values(std::vector<std::string> arguments, const value_test& takes_value);

}  // namespace mqcoap::cli
