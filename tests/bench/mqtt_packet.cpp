#include "mqtt_packet.hpp"

#include <utility>

namespace bench {
namespace {

constexpr std::uint8_t property_receive_maximum = 0x21;

/// Reads the fields of a packet in sequence. After the first truncated one, all fields are empty and
/// ok() is false.
class field_reader {
 public:
  explicit field_reader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const noexcept { return ok_; }
  bool at_end() const noexcept { return rest_.empty(); }
  std::string_view rest() const noexcept { return rest_; }

  std::string_view take(std::size_t n) noexcept {
    if (n > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return taken;
  }
  std::uint8_t u8() noexcept {
    const auto b = take(1);
    return b.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(b[0]);
  }
  std::uint16_t u16() noexcept {
    const unsigned high = u8();
    return static_cast<std::uint16_t>(high << 8 | u8());
  }
  std::string_view text() noexcept { return take(u16()); }
  std::uint32_t varint() noexcept {
    std::uint32_t value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      const std::uint32_t byte = u8();
      value |= (byte & 0x7fu) << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }
  std::string_view properties(mqtt_version version) noexcept {
    return version == mqtt_version::v5 ? take(varint()) : std::string_view{};
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

/// Reads the receive maximum from the properties of a CONNECT. Returns false for a property that is not
/// allowed in CONNECT.
bool read_connect_properties(std::string_view bytes, connect_packet& out) {
  field_reader in(bytes);
  while (in.ok() && !in.at_end()) {
    switch (in.u8()) {
      case property_receive_maximum: out.receive_maximum = in.u16(); break;
      case 0x11:                               // session expiry interval
      case 0x27: in.take(4); break;            // maximum packet size
      case 0x22: in.take(2); break;            // topic alias maximum
      case 0x17:                               // request problem information
      case 0x19: in.take(1); break;            // request response information
      case 0x15:                               // authentication method
      case 0x16: in.text(); break;             // authentication data
      case 0x26: in.text(), in.text(); break;  // user property
      default: return false;
    }
  }
  return in.ok() && out.receive_maximum > 0;
}

constexpr std::size_t varint_size(std::size_t n) {
  return n < 128 ? 1u : n < 16384 ? 2u : n < 2097152 ? 3u : 4u;
}

void append_varint(byte_buffer& out, std::size_t n) {
  for (; n >= 128; n >>= 7) out.append_byte(static_cast<unsigned char>(n & 0x7f) | 0x80);
  out.append_byte(static_cast<unsigned char>(n));
}

void append_u16(byte_buffer& out, std::size_t n) {
  out.append_byte(static_cast<unsigned char>(n >> 8));
  out.append_byte(static_cast<unsigned char>(n));
}

void append_text(byte_buffer& out, std::string_view text) {
  append_u16(out, text.size());
  out.append(text);
}

void append_head(byte_buffer& out, packet_type type, std::uint8_t flags, std::size_t body_size) {
  out.append_byte(static_cast<unsigned char>(static_cast<unsigned>(type) << 4 | flags));
  append_varint(out, body_size);
}

std::optional<subscribe_packet> parse_filters(std::string_view body, mqtt_version version,
                                              bool with_options) {
  field_reader in(body);
  subscribe_packet out;
  out.packet_id = in.u16();
  in.properties(version);
  while (in.ok() && !in.at_end()) {
    const auto filter = in.text();
    const int qos = with_options ? in.u8() & 3 : 0;
    out.filters.emplace_back(filter, qos);
  }
  if (!in.ok() || out.filters.empty()) return std::nullopt;
  return out;
}

}  // namespace

split_result split_packet(std::string_view bytes, packet& out) noexcept {
  out.size = 0;
  std::size_t length = 0;
  for (std::size_t i = 1; i < 5; ++i) {
    if (i >= bytes.size()) return split_result::incomplete;
    const auto byte = static_cast<unsigned char>(bytes[i]);
    length |= static_cast<std::size_t>(byte & 0x7fu) << (7 * (i - 1));
    if (byte >= 0x80) continue;
    out.size = i + 1 + length;
    if (bytes.size() < out.size) return split_result::incomplete;
    const auto first = static_cast<unsigned char>(bytes[0]);
    out.type = static_cast<packet_type>(first >> 4);
    out.flags = first & 0x0f;
    out.body = bytes.substr(i + 1, length);
    return split_result::complete;
  }
  return split_result::malformed;
}

std::optional<connect_packet> parse_connect(std::string_view body) {
  field_reader in(body);
  if (in.text() != "MQTT") return std::nullopt;
  const auto level = in.u8();
  if (level != 4 && level != 5) return std::nullopt;
  connect_packet out;
  out.version = static_cast<mqtt_version>(level);
  in.u8();  // flags; a will, a user name and a password would follow the client id
  out.keepalive = in.u16();
  if (!read_connect_properties(in.properties(out.version), out)) return std::nullopt;
  out.client_id = in.text();
  if (!in.ok()) return std::nullopt;
  return out;
}

std::optional<publish_packet> parse_publish(std::uint8_t flags, std::string_view body, mqtt_version version) {
  field_reader in(body);
  publish_packet out;
  out.qos = flags >> 1 & 3;
  out.retain = flags & 1;
  if (out.qos > 1) return std::nullopt;
  out.topic = in.text();
  if (out.qos == 1) out.packet_id = in.u16();
  in.properties(version);
  out.payload = in.rest();
  if (!in.ok() || out.topic.empty() || (out.qos == 1) != (out.packet_id != 0)) return std::nullopt;
  return out;
}

std::optional<subscribe_packet> parse_subscribe(std::string_view body, mqtt_version version) {
  return parse_filters(body, version, true);
}

std::optional<subscribe_packet> parse_unsubscribe(std::string_view body, mqtt_version version) {
  return parse_filters(body, version, false);
}

std::optional<std::uint16_t> parse_packet_id(std::string_view body) noexcept {
  field_reader in(body);
  const auto id = in.u16();
  if (!in.ok()) return std::nullopt;
  return id;
}

std::optional<std::uint8_t> parse_connack(std::string_view body) noexcept {
  field_reader in(body);
  in.u8();  // session present
  const auto code = in.u8();
  if (!in.ok()) return std::nullopt;
  return code;
}

std::uint8_t suback_error(std::string_view body, mqtt_version version) noexcept {
  field_reader in(body);
  in.u16();
  in.properties(version);
  for (const char c : in.rest()) {
    if (static_cast<unsigned char>(c) >= 0x80) return static_cast<std::uint8_t>(c);
  }
  return in.ok() ? std::uint8_t{0} : std::uint8_t{0x80};
}

void append_connect(byte_buffer& out, std::string_view client_id, std::uint16_t keepalive) {
  append_head(out, packet_type::connect, 0, 10 + 2 + client_id.size());
  append_text(out, "MQTT");
  out.append_byte(static_cast<unsigned char>(mqtt_version::v311));
  out.append_byte(0x02);  // clean session
  append_u16(out, keepalive);
  append_text(out, client_id);
}

void append_connack(byte_buffer& out, mqtt_version version, std::string_view assigned_id) {
  const bool assigns = version == mqtt_version::v5 && !assigned_id.empty();
  const std::size_t properties = assigns ? 3 + assigned_id.size() : 0;
  append_head(out, packet_type::connack, 0,
              2 + (version == mqtt_version::v5 ? varint_size(properties) + properties : 0));
  out.append_byte(0);  // no session present
  out.append_byte(0);  // accepted
  if (version != mqtt_version::v5) return;
  append_varint(out, properties);
  if (!assigns) return;
  out.append_byte(0x12);
  append_text(out, assigned_id);
}

void append_subscribe(byte_buffer& out, mqtt_version version, std::uint16_t packet_id,
                      std::string_view filter, int qos) {
  const std::size_t properties = version == mqtt_version::v5 ? 1 : 0;
  append_head(out, packet_type::subscribe, 2, 2 + properties + 2 + filter.size() + 1);
  append_u16(out, packet_id);
  if (properties) out.append_byte(0);
  append_text(out, filter);
  out.append_byte(static_cast<unsigned char>(qos));
}

void append_suback(byte_buffer& out, mqtt_version version, const subscribe_packet& requested) {
  const std::size_t properties = version == mqtt_version::v5 ? 1 : 0;
  append_head(out, packet_type::suback, 0, 2 + properties + requested.filters.size());
  append_u16(out, requested.packet_id);
  if (properties) out.append_byte(0);
  for (const auto& [filter, qos] : requested.filters)
    out.append_byte(static_cast<unsigned char>(qos > 1 ? 1 : qos));
}

void append_unsuback(byte_buffer& out, mqtt_version version, const subscribe_packet& requested) {
  const bool v5 = version == mqtt_version::v5;
  append_head(out, packet_type::unsuback, 0, 2 + (v5 ? 1 + requested.filters.size() : 0));
  append_u16(out, requested.packet_id);
  if (!v5) return;
  out.append_byte(0);
  for (std::size_t i = 0; i < requested.filters.size(); ++i) out.append_byte(0);
}

void append_puback(byte_buffer& out, std::uint16_t packet_id) {
  append_head(out, packet_type::puback, 0, 2);
  append_u16(out, packet_id);
}

void append_bare(byte_buffer& out, packet_type type) { append_head(out, type, 0, 0); }

void append_publish(byte_buffer& out, mqtt_version version, int qos, std::uint16_t packet_id, pieces topic,
                    pieces payload) {
  std::size_t topic_size = 0;
  for (const auto piece : topic) topic_size += piece.size();
  std::size_t size = 2 + topic_size + (qos > 0 ? 2 : 0) + (version == mqtt_version::v5 ? 1 : 0);
  for (const auto piece : payload) size += piece.size();
  out.prepare(size + 5);
  append_head(out, packet_type::publish, static_cast<std::uint8_t>(qos << 1), size);
  append_u16(out, topic_size);
  for (const auto piece : topic) out.append(piece);
  if (qos > 0) append_u16(out, packet_id);
  if (version == mqtt_version::v5) out.append_byte(0);
  for (const auto piece : payload) out.append(piece);
}

bool topic_matches(std::string_view filter, std::string_view topic) noexcept {
  while (true) {
    const auto f = filter.substr(0, filter.find('/'));
    if (f == "#") return true;
    const auto t = topic.substr(0, topic.find('/'));
    if (f != "+" && f != t) return false;
    const bool filter_ends = f.size() == filter.size();
    const bool topic_ends = t.size() == topic.size();
    if (topic_ends) return filter_ends || filter.substr(f.size()) == "/#";
    if (filter_ends) return false;
    filter.remove_prefix(f.size() + 1);
    topic.remove_prefix(t.size() + 1);
  }
}

}  // namespace bench
