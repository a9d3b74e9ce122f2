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

/// Files of TLS. Any of them asks for TLS.
struct tls_choice {
  std::optional<std::string> ca_file{};
  std::optional<std::string> ca_path{};
  std::optional<std::string> cert_file{};
  std::optional<std::string> key_file{};
  std::optional<bool> insecure{};  ///< the broker's name is not compared with its certificate

  bool any() const { return ca_file || ca_path || cert_file || key_file || insecure.value_or(false); }
};

/// Who shows what to get in.
struct credentials {
  std::optional<std::string> username{};
  std::optional<secret> password{};
  std::optional<secret> token{};
  tls_choice tls{};
};

/// What one source of options says: the command line, the environment, a context. Absent: nothing.
struct option_layer {
  /// A broker, and what belongs to that one alone: credentials are never shown to another broker.
  struct broker_choice {
    broker_url url;
    credentials with{};
  };
  std::optional<broker_choice> broker{};

  std::optional<std::uint16_t> port{};
  credentials with{};  ///< for whichever broker it will be
  std::optional<namespace_name> ns{};
  std::optional<std::chrono::milliseconds> timeout{};
  std::optional<int> qos{};
  std::optional<mqtt_protocol> protocol{};
};

/// What holds where one source comes before another, option by option. Naming a broker puts the other's
/// broker out of force together with its credentials. Combined from the top: overlay(overlay(a, b), c).
option_layer overlay(option_layer over, option_layer under);

/// What the environment says: MQCOAP_URL, MQCOAP_PASSWORD, MQCOAP_TOKEN, MQCOAP_NAMESPACE, MQCOAP_TIMEOUT.
/// An empty variable counts as none. @param variable  std::getenv. @throws usage_failure
option_layer read_environment(const std::function<const char*(const char*)>& variable);

/// The client's options and the token, with the defaults for what nobody says. @throws usage_failure
struct client_choice {
  client_options client;
  std::optional<secret> token;
};
client_choice settle(option_layer all);

/// The longest that an answer is waited for.
inline constexpr std::chrono::minutes longest_timeout{10};

/// The first line of a file that holds a secret, `-` for none. @throws failure (status_configuration)
secret read_secret_file(const std::string& path);

}  // namespace mqcoap::cli
