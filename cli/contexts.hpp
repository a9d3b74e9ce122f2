#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "option_layer.hpp"

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
};

/// What cli.yaml says.
struct context_file {
  std::vector<context_spec> contexts{};
  std::optional<std::string> preferred{};  ///< `default:`

  const context_spec* find(const std::string& name) const;
};

/// `$XDG_CONFIG_HOME/mqcoap/cli.yaml`, else below `$HOME/.config`; empty if neither is set.
std::string contexts_path(const std::function<const char*(const char*)>& variable);

/// Reads the file; one that does not exist holds nothing.
/// @throws failure  (status_configuration) with every fault, its line and column
context_file read_contexts(const std::string& path);

/// What the named context says, else the default one, else nothing.
/// @throws usage_failure  if there is none of that name; failure for a bad file
option_layer context_layer(const std::string& path, const std::optional<std::string>& name);

/// The text of cli.yaml with another `default:`; everything else stays as it is.
std::string with_preferred(const std::string& text, const std::string& name);

}  // namespace mqcoap::cli
