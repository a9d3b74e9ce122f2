#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mqcoap/base/secret.hpp>
#include <mqcoap/client/client_options.hpp>
#include <mqcoap/protocol/name.hpp>
#include <optional>
#include <string>

#include "options/broker_url.hpp"

namespace mqcoap::cli {

/// The TLS options. Setting any of them enables TLS.
struct tls_choice {
  std::optional<std::string> ca_file{};
  std::optional<std::string> ca_path{};
  std::optional<std::string> cert_file{};
  std::optional<std::string> key_file{};
  std::optional<bool> insecure{};  ///< the broker's name is not compared with its certificate

  bool any() const { return ca_file || ca_path || cert_file || key_file || insecure.value_or(false); }
};

/// The login: user name, password, token and TLS options.
struct credentials {
  std::optional<std::string> username{};
  std::optional<secret> password{};
  std::optional<secret> token{};
  tls_choice tls{};
};

/// The settings from one source: the command line, the environment or a context. An empty member is not set.
struct option_layer {
  /// A broker and the settings that belong only to it: its credentials are never sent to another broker.
  struct broker_choice {
    broker_url url;
    credentials with{};
  };
  std::optional<broker_choice> broker{};

  std::optional<std::uint16_t> port{};
  credentials with{};  ///< for any broker
  std::optional<namespace_name> ns{};
  std::optional<std::chrono::milliseconds> timeout{};
  std::optional<int> qos{};
  std::optional<mqtt_protocol> protocol{};
};

/// Combines two sources, option by option; the upper one takes precedence. If it names a broker, the lower
/// one's broker is ignored together with its credentials. Combine from the top: overlay(overlay(a, b), c).
option_layer overlay(option_layer over, option_layer under);

/// Returns the settings from the environment: MQCOAP_URL, MQCOAP_PASSWORD, MQCOAP_TOKEN, MQCOAP_NAMESPACE,
/// MQCOAP_TIMEOUT. An empty variable counts as unset. @param variable  std::getenv. @throws usage_failure
option_layer read_environment(const std::function<const char*(const char*)>& variable);

/// The client's options and the token, with defaults for everything that is not set.
struct client_choice {
  client_options client;
  std::optional<secret> token;
};

/// Returns the options for the client. @throws usage_failure
client_choice settle(option_layer all);

/// The longest timeout that may be set for a response.
inline constexpr std::chrono::minutes longest_timeout{10};

/// Returns the first line of a file that holds a secret. @throws failure  (status_configuration)
secret read_secret_file(const std::string& path);

}  // namespace mqcoap::cli
