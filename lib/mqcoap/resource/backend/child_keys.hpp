#pragma once

#include <chrono>
#include <cstddef>
#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/kind_module.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Keys of the kinds that start programs.
namespace mqcoap {

/// Reads a program and its arguments: a list of at least one text.
value_type<std::vector<std::string>> program_and_arguments();

using environment_list = std::vector<named<std::string, std::string>>;
/// Reads environment variables and their values.
value_type<environment_list> environment_variables();

/// Returns the key `env`.
template <class Keys>
table_row<Keys> environment_key(environment_list Keys::*target) {
  return key<Keys>("env", environment_variables(), presence::optional("`PATH` alone"),
                   "Variables of the program's environment; besides them it has only `PATH`", target);
}

/// Returns the key `timeout`. @param absent  what its absence means for this kind
template <class Keys>
table_row<Keys> timeout_key(std::string absent, std::optional<std::chrono::milliseconds> Keys::*target) {
  return key<Keys>(
      "timeout", duration(std::chrono::milliseconds(1), std::chrono::minutes(10)),
      presence::optional(std::move(absent)),
      "How long it may take; then the request gets 504. `limits.handler_timeout` applies in any case",
      target);
}

/// Returns the variables as pairs of name and value.
std::vector<std::pair<std::string, std::string>> build_environment(const environment_list& from);

}  // namespace mqcoap
