#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/base/secret.hpp>
#include <mqcoap/transport/tls_options.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace mqcoap {

/// The version of MQTT that is used with a broker.
enum class mqtt_protocol : std::uint8_t {
  automatic,  ///< 5 first, 3.1.1 if the broker rejects it
  v5,         ///< MQTT 5.0 only
  v311,       ///< MQTT 3.1.1 only
};

/// The message that the broker publishes on the client's behalf when the connection ends
/// without a DISCONNECT.
struct last_will {
  std::string topic;
  std::string payload;
  bool retain = true;
  /// Creates the payload for each connection, instead of `payload`; called on the link's executor. Empty:
  /// `payload` is used.
  std::function<std::string()> make_payload = {};

  /// Compares everything except the function, which cannot be compared.
  friend bool operator==(const last_will& a, const last_will& b) {
    return a.topic == b.topic && a.payload == b.payload && a.retain == b.retain;
  }
};

/// The address of a server.
struct endpoint {
  std::string host;  ///< a name, or a numeric address
  std::uint16_t port = 1883;
  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// One broker: its address, the identity and the way to connect, and how much may wait to be sent. A client
/// refuses values out of range when it is constructed. Host, user and TLS are tried when connecting: an
/// unusable one results in an outage with a reason (`connect_errc`).
struct link_options {
  std::string name = "default";    ///< of the broker, for logs and error texts
  std::string host = "localhost";  ///< a name, or a numeric address; a name's addresses are tried in order
  std::uint16_t port = 1883;       ///< 8883 is usual for TLS
  /// Further servers of the same broker, in the order in which they are tried. Every attempt begins with
  /// `host` and continues with these without a pause; all of them use the same user, and TLS if `tls` is set.
  std::vector<endpoint> fallbacks = {};
  /// The name under which the broker knows the connection; a second connection with the same name makes the
  /// broker close this one (MQTT 5.0, section 3.1.4). Empty: for a client with a tag the tag; for any other
  /// client, and for a gateway, `mqcoap-` and 16 random hexadecimal digits. A gateway never uses a tag,
  /// because it would disconnect the device.
  std::string client_id;
  std::string username;            ///< empty: none
  std::optional<secret> password;  ///< none: no password is sent
  std::optional<tls_options> tls;  ///< none: unencrypted
  mqtt_protocol protocol = mqtt_protocol::automatic;
  std::chrono::seconds keepalive{10};                 ///< 5 s to 18 h
  std::chrono::milliseconds connect_timeout{10'000};  ///< for the name, and for each address until CONNACK
  int qos = 0;                                        ///< 0 or 1, for all messages and subscriptions
  std::optional<last_will> will;                      ///< none: no last will
  /// Bytes of payload. Larger messages are dropped: over MQTT 5 by the broker, else they are logged. A client
  /// uses at least four times the payload that it accepts.
  std::size_t max_inbound = 16u << 20;
  /// The largest packet to send in bytes; a larger one fails with errc::too_large. 0: the limit that the
  /// broker announces, else none.
  std::size_t max_packet = 0;
  std::size_t max_queue = 16384;            ///< messages waiting to be sent; then errc::queue_full
  std::size_t max_queue_bytes = 64u << 20;  ///< of their topics and payloads
  log_sink log;  ///< called for connections, outages and refusals on the connection's executor; may be empty
};

/// Returns the `max_inbound` with which payloads that are larger than a limit arrive all the same, unless
/// they are much larger: over MQTT 5 a broker withholds larger ones, and nobody learns of them.
constexpr std::size_t inbound_limit_for(std::size_t accepted_payload) noexcept {
  constexpr std::size_t most = std::size_t{256} << 20;  // MQTT 5.0, section 2.1.4
  return accepted_payload > most / 4 ? most : 4 * accepted_payload;
}

/// Returns all servers of a broker, the first one first.
std::vector<endpoint> servers(const link_options& options);

/// Returns true if both result in the same connection; the log sink is ignored.
inline bool operator==(const link_options& a, const link_options& b) {
  // Names every member, so that adding one does not compile until it is compared here.
  const auto compared = [](const link_options& l) {
    const auto& [name, host, port, fallbacks, client_id, username, password, tls, protocol, keepalive,
                 connect_timeout, qos, will, max_inbound, max_packet, max_queue, max_queue_bytes, log] = l;
    static_cast<void>(log);
    return std::tie(name, host, port, fallbacks, client_id, username, password, tls, protocol, keepalive,
                    connect_timeout, qos, will, max_inbound, max_packet, max_queue, max_queue_bytes);
  };
  return compared(a) == compared(b);
}

}  // namespace mqcoap
