#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "options/option_layer.hpp"

namespace mqcoap::cli {

/// A named set of options in cli.yaml, as it stands there.
struct context_spec {
  std::string name{};
  std::optional<broker_url> url{};
  std::optional<std::string> username{};
  std::optional<std::string> password_file{};  ///< absolute, or from the folder of cli.yaml
  std::optional<std::string> token_file{};
  tls_choice tls{};
  std::optional<namespace_name> ns{};
  std::optional<std::chrono::milliseconds> timeout{};
  std::optional<int> qos{};
  std::optional<mqtt_protocol> protocol{};
  std::string faults{};  ///< what is wrong with it, with line and column; empty: it can be used
};

/// What cli.yaml says.
struct context_file {
  std::vector<context_spec> contexts{};
  std::optional<std::string> preferred{};  ///< `default:`
  std::string preferred_fault{};  ///< why there is no such context; empty: there is one, or no default

  const context_spec* find(const std::string& name) const;
};

/// `$XDG_CONFIG_HOME/mqcoap/cli.yaml`, else below `$HOME/.config`; empty if neither is set.
std::string contexts_path(const std::function<const char*(const char*)>& variable);

/// Reads the file; one that does not exist holds nothing. The faults of a context are its own: they do not
/// keep others from being used.
/// @throws failure  (status_configuration) if nothing of it can be read, with every fault, its line and
/// column
context_file read_contexts(const std::string& path);
/// The same for a text. @param path  for error texts
context_file parse_contexts(const std::string& path, std::string text, unsigned mode = 0600);

/// What the named context says, else the default one, else nothing.
struct context_choice {
  std::optional<std::string> name{};
  /// A broker is named elsewhere: nothing is read of the context's, and one that nobody named may be missing
  /// or bad.
  bool broker_named = false;
};
/// @param warn  is told why the default is passed over
/// @throws usage_failure  if there is none of that name; failure for a bad file or context
option_layer context_layer(const std::string& path, const context_choice& choice,
                           const std::function<void(const std::string&)>& warn);

}  // namespace mqcoap::cli
