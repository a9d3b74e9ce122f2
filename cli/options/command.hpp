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

/// The settings that result from the options before and after the verb, the environment and the context.
struct settled_options {
  client_options client;  ///< broker, namespace and timeout, ready for mqcoap::client
  std::optional<secret> token;
  output_format output;          ///< the result of -o, -i, -F, and whether to use colour
  bool quiet = false;            ///< --quiet; -q is the QoS, as in mosquitto's tools
  bool names_broker = false;     ///< a broker was named by the command line, the environment or the context
  bool names_namespace = false;  ///< a namespace was named by one of these
  const global_options* given = nullptr;  ///< the options as given, for a verb that stores them
};

/// Runs a verb and returns the exit status (exit_status.hpp). May throw `failure` and `interrupted`.
using run_verb = std::function<int(const settled_options&)>;

/// A verb. `declare_...` adds its subcommand; `run` is called after parsing, with the settled options.
struct verb {
  CLI::App* app;
  run_verb run;
  /// The verb needs no broker: contexts and the `MQCOAP_` variables are not read, and errors in them do not
  /// prevent it from running. `client` then has its defaults.
  bool offline = false;
  effects has{};                                   ///< the program's options that have an effect on the verb
  std::map<const CLI::App*, effects> below_has{};  ///< the same for subcommands that differ
};

}  // namespace mqcoap::cli
