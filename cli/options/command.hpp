#pragma once

#include <functional>
#include <map>
#include <mqcoap/base/secret.hpp>
#include <mqcoap/client/client_options.hpp>
#include <optional>

#include "options/arguments.hpp"
#include "options/effects.hpp"
#include "output/output.hpp"

namespace mqcoap::cli {

struct global_options;

/// What the words before and after the verb, the environment and the context have settled.
struct settled_options {
  client_options client;  ///< broker, namespace, timeout, ready for mqcoap::client
  std::optional<secret> token;
  output_format output;          ///< -o, -i, -F, colour decided
  bool quiet = false;            ///< -q is QoS as in mosquitto's tools; quiet is --quiet
  bool names_broker = false;     ///< somebody named one: the command line, the environment or the context
  bool names_namespace = false;  ///< likewise
  const global_options* given = nullptr;  ///< the words themselves, for a verb that keeps them
};

/// Runs a verb and returns the exit status (exit_status.hpp). May throw `failure` and `interrupted`.
using run_verb = std::function<int(const settled_options&)>;

/// One verb. `declare_...` adds its sub-command; `run` is called after parsing with what was settled.
struct verb {
  CLI::App* app;
  run_verb run;
  /// It needs no broker: contexts and the environment are not read, and their faults do not keep it from
  /// running. `client` is then the default.
  bool offline = false;
  effects has{};                                   ///< which of the program's options do something for it
  std::map<const CLI::App*, effects> below_has{};  ///< the same for verbs below it that differ
};

}  // namespace mqcoap::cli
