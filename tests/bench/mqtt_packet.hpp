#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "byte_buffer.hpp"

namespace bench {

/// The part of MQTT 3.1.1 and 5 that a load generator needs, for both sides of a connection: no wills, no
/// user names, no QoS 2, no topic aliases.
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
  std::uint8_t flags = 0;  ///< the lower four bits of the first byte
  std::string_view body;   ///< the bytes after the remaining length
  std::size_t size = 0;    ///< size of the whole packet
};

enum class split_result : std::uint8_t { complete, incomplete, malformed };

/// Finds the packet at the beginning of the bytes. If it is incomplete, `out.size` is the size that it will
/// have, or 0 if that is not known yet.
split_result split_packet(std::string_view bytes, packet& out) noexcept;

struct connect_packet {
  mqtt_version version = mqtt_version::v311;
  std::string_view client_id;
  std::uint16_t keepalive = 0;
  std::uint16_t receive_maximum =
      65535;  ///< number of unacknowledged QoS 1 messages that this client accepts
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
  std::vector<std::pair<std::string_view, int>> filters;  ///< with the requested QoS
};

std::optional<connect_packet> parse_connect(std::string_view body);
std::optional<publish_packet> parse_publish(std::uint8_t flags, std::string_view body, mqtt_version version);
std::optional<subscribe_packet> parse_subscribe(std::string_view body, mqtt_version version);
/// Returns the filters of an UNSUBSCRIBE; their QoS is 0.
std::optional<subscribe_packet> parse_unsubscribe(std::string_view body, mqtt_version version);
/// Returns the packet id of a PUBACK, SUBACK or UNSUBACK.
std::optional<std::uint16_t> parse_packet_id(std::string_view body) noexcept;
/// Returns the return or reason code of a CONNACK: 0 is success.
std::optional<std::uint8_t> parse_connack(std::string_view body) noexcept;
/// Returns the lowest error code (0x80 and above) of a SUBACK, or 0.
std::uint8_t suback_error(std::string_view body, mqtt_version version) noexcept;

void append_connect(byte_buffer& out, std::string_view client_id, std::uint16_t keepalive);
/// @param assigned_id  sent to a version 5 client that has no id; empty: no id is assigned
void append_connack(byte_buffer& out, mqtt_version version, std::string_view assigned_id);
void append_subscribe(byte_buffer& out, mqtt_version version, std::uint16_t packet_id,
                      std::string_view filter, int qos);
void append_suback(byte_buffer& out, mqtt_version version, const subscribe_packet& requested);
void append_unsuback(byte_buffer& out, mqtt_version version, const subscribe_packet& requested);
void append_puback(byte_buffer& out, std::uint16_t packet_id);
/// Appends a PINGREQ, PINGRESP or DISCONNECT.
void append_bare(byte_buffer& out, packet_type type);

/// A text in pieces, so that a message is assembled directly in the send buffer.
using pieces = std::initializer_list<std::string_view>;

/// @param packet_id  only used with QoS 1
void append_publish(byte_buffer& out, mqtt_version version, int qos, std::uint16_t packet_id, pieces topic,
                    pieces payload);

/// Returns true if a topic matches a filter with `+` and `#`.
bool topic_matches(std::string_view filter, std::string_view topic) noexcept;

}  // namespace bench
