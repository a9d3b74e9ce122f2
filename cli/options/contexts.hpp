#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "options/option_layer.hpp"

namespace mqcoap::cli {

/// A named set of options in cli.yaml, as written there.
struct context_spec {
  std::string name{};
  std::optional<broker_url> url{};
  std::optional<std::string> username{};
  std::optional<std::string> password_file{};  ///< absolute, or relative to the folder of cli.yaml
  std::optional<std::string> token_file{};
  tls_choice tls{};
  std::optional<namespace_name> ns{};
  std::optional<std::chrono::milliseconds> timeout{};
  std::optional<int> qos{};
  std::optional<mqtt_protocol> protocol{};
  std::string faults{};  ///< errors with line and column; empty: the context can be used
};

/// The contents of cli.yaml.
struct context_file {
  std::vector<context_spec> contexts{};
  std::optional<std::string> preferred{};  ///< `default:`
  std::string preferred_fault{};           ///< why the default context does not exist; empty if it exists
                                           ///< or none is set

  const context_spec* find(const std::string& name) const;
};

/// Returns `$XDG_CONFIG_HOME/mqcoap/cli.yaml`, or the same file below `$HOME/.config`; empty if
/// neither is set.
std::string contexts_path(const std::function<const char*(const char*)>& variable);

/// Reads the file; a missing file holds no contexts. Errors in one context do not prevent others
/// from being used.
/// @throws failure  (status_configuration) if the file as a whole cannot be used; its message lists every
/// error with line and column
context_file read_contexts(const std::string& path);
/// Parses a text instead of a file. @param path  for error messages
context_file parse_contexts(const std::string& path, std::string text, unsigned mode = 0600);

/// Which context to use.
struct context_choice {
  std::optional<std::string> name{};
  /// A broker is named elsewhere: the broker of the context is not read, and a default context may be
  /// missing or faulty.
  bool broker_named = false;
};
/// Returns the options of the named context, otherwise of the default one; empty if there is neither.
/// @param warn  receives the reason why the default context is ignored
/// @throws usage_failure  if there is no context of that name; failure for a faulty file or context
option_layer context_layer(const std::string& path, const context_choice& choice,
                           const std::function<void(const std::string&)>& warn);

}  // namespace mqcoap::cli
