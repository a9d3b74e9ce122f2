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

/// The version of MQTT that is spoken to a broker.
enum class mqtt_protocol : std::uint8_t {
  automatic,  ///< 5 first, 3.1.1 where the broker refuses it
  v5,         ///< MQTT 5.0 only
  v311,       ///< MQTT 3.1.1 only
};

/// The message that the broker publishes in our name when the connection ends without a DISCONNECT.
struct last_will {
  std::string topic;
  std::string payload;
  bool retain = true;
  /// Makes the payload of each connection, instead of `payload`; on the link's executor. Empty: it is
  /// always the same.
  std::function<std::string()> make_payload = {};

  /// A function cannot be compared, and does not count.
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

/// One broker: where it is, as whom and how to connect, and how much may wait to be sent. What they say is
/// checked when the connection is tried: an unusable option is an outage with a reason (`connect_errc`).
struct link_options {
  std::string name = "default";    ///< of the broker, for logs and error texts
  std::string host = "localhost";  ///< a name, or a numeric address; a name's addresses are tried in turn
  std::uint16_t port = 1883;       ///< 8883 is usual for TLS
  /// Further servers of the same broker, in the order in which they are tried. Every try begins with `host`,
  /// and goes on at once; all of them get the same user, and TLS where `tls` says so.
  std::vector<endpoint> fallbacks = {};
  /// The name under which the broker knows the connection; a second connection with it throws this one off
  /// (MQTT 5.0, section 3.1.4). Empty: of a client with a tag the tag, of any other client, and of a gateway,
  /// `mqcoap-` and 16 random hexadecimal digits. A gateway's is never a tag: it would throw off the device.
  std::string client_id;
  std::string username;            ///< empty: none
  std::optional<secret> password;  ///< none: none is sent
  std::optional<tls_options> tls;  ///< none: in the clear
  mqtt_protocol protocol = mqtt_protocol::automatic;
  std::chrono::seconds keepalive{10};                 ///< 5 s to 18 h
  std::chrono::milliseconds connect_timeout{10'000};  ///< for the name, and each address until CONNACK
  int qos = 0;                                        ///< 0 or 1, for everything sent and subscribed
  std::optional<last_will> will;                      ///< none: nobody is told
  std::size_t max_inbound = 16u << 20;  ///< bytes of payload; larger messages are dropped and counted
  /// Bytes of what is sent in one packet; larger is errc::too_large. 0: what the broker says, else any size.
  std::size_t max_packet = 0;
  std::size_t max_queue = 16384;            ///< messages waiting to be sent; then errc::queue_full
  std::size_t max_queue_bytes = 64u << 20;  ///< of their topics and payloads
  log_sink log;  ///< hears of connections, outages and refusals, on the connection's executor; empty: nobody
};

/// All servers of a broker, the first one first.
std::vector<endpoint> servers(const link_options& options);

/// True if both make the same connection; who hears of it does not count.
inline bool operator==(const link_options& a, const link_options& b) {
  // Every member by name, so that a new one does not compile before it is compared here.
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
