#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "byte_buffer.hpp"

namespace bench {

/// As much of MQTT 3.1.1 and 5 as a load generator needs, on both sides of a connection: no wills, no user
/// names, no QoS 2, no topic aliases.
enum class mqtt_version : std::uint8_t { v311 = 4, v5 = 5 };

enum class packet_type : std::uint8_t {
  connect = 1,
  connack = 2,
  publish = 3,
  puback = 4,
  subscribe = 8,
  suback = 9,
  unsubscribe = 10,
  unsuback = 11,
  pingreq = 12,
  pingresp = 13,
  disconnect = 14,
};

struct packet {
  packet_type type{};
  std::uint8_t flags = 0;  ///< the lower half of the first byte
  std::string_view body;   ///< what follows the remaining length
  std::size_t size = 0;    ///< of the whole packet
};

enum class split_result : std::uint8_t { complete, incomplete, malformed };

/// Finds the packet that the bytes begin with. Incomplete: `out.size` is the size it will have, or 0 if that
/// is not known yet.
split_result split_packet(std::string_view bytes, packet& out) noexcept;

struct connect_packet {
  mqtt_version version = mqtt_version::v311;
  std::string_view client_id;
  std::uint16_t keepalive = 0;
  std::uint16_t receive_maximum =
      65535;  ///< QoS 1 messages that this client takes before it has acknowledged one
};

struct publish_packet {
  std::string_view topic;
  std::string_view payload;
  int qos = 0;
  bool retain = false;
  std::uint16_t packet_id = 0;  ///< 0 at QoS 0
};

struct subscribe_packet {
  std::uint16_t packet_id = 0;
  std::vector<std::pair<std::string_view, int>> filters;  ///< with the QoS asked for
};

std::optional<connect_packet> parse_connect(std::string_view body);
std::optional<publish_packet> parse_publish(std::uint8_t flags, std::string_view body, mqtt_version version);
std::optional<subscribe_packet> parse_subscribe(std::string_view body, mqtt_version version);
/// The filters of an UNSUBSCRIBE; their QoS is 0.
std::optional<subscribe_packet> parse_unsubscribe(std::string_view body, mqtt_version version);
/// The packet id of a PUBACK, SUBACK or UNSUBACK.
std::optional<std::uint16_t> parse_packet_id(std::string_view body) noexcept;
/// The return or reason code of a CONNACK: 0 is success.
std::optional<std::uint8_t> parse_connack(std::string_view body) noexcept;
/// The lowest code of a SUBACK that is an error (0x80 and above), or 0.
std::uint8_t suback_error(std::string_view body, mqtt_version version) noexcept;

void append_connect(byte_buffer& out, std::string_view client_id, std::uint16_t keepalive);
/// @param assigned_id  told to a version 5 client that came without one; empty: nothing is assigned
void append_connack(byte_buffer& out, mqtt_version version, std::string_view assigned_id);
void append_subscribe(byte_buffer& out, mqtt_version version, std::uint16_t packet_id,
                      std::string_view filter, int qos);
void append_suback(byte_buffer& out, mqtt_version version, const subscribe_packet& asked);
void append_unsuback(byte_buffer& out, mqtt_version version, const subscribe_packet& asked);
void append_puback(byte_buffer& out, std::uint16_t packet_id);
/// Makes a PINGREQ, PINGRESP or DISCONNECT.
void append_bare(byte_buffer& out, packet_type type);

/// A text in pieces, so that a message is put together in the buffer it is sent from and nowhere else.
using pieces = std::initializer_list<std::string_view>;

/// @param packet_id  only looked at with QoS 1
void append_publish(byte_buffer& out, mqtt_version version, int qos, std::uint16_t packet_id, pieces topic,
                    pieces payload);

/// Returns whether a topic matches a filter with `+` and `#`.
bool topic_matches(std::string_view filter, std::string_view topic) noexcept;

}  // namespace bench
