#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mqcoap::test {

/// Returns an MQTT packet with this first byte.
std::string framed(unsigned char first, std::string_view body);
/// Returns a packet whose remaining length is `claimed`, which may be wrong.
std::string framed(unsigned char first, std::string_view body, std::size_t claimed);

/// Packets as a broker sends them, in the protocol version of its client.
class broker_packets {
 public:
  explicit broker_packets(bool v5) : v5_(v5) {}

  /// @param properties  as encoded in the packet, without their length; only for version 5
  std::string connack(unsigned char code = 0, std::string_view properties = {}) const;
  /// @param codes  one byte for each filter
  std::string suback(std::uint16_t id, std::string_view codes) const;
  std::string unsuback(std::uint16_t id, std::size_t filters) const;
  /// Returns a PUBACK, PUBREC, PUBREL or PUBCOMP, depending on the first byte. A reason of 0 is left out.
  std::string acknowledgement(unsigned char first, std::uint16_t id, unsigned char reason = 0) const;
  /// @param id  0 for QoS 0
  std::string publish(std::string_view topic, std::string_view payload, std::uint16_t id = 0) const;
  static std::string pingresp() { return framed(0xd0, {}); }
  /// In version 3.1.1, a broker does not send it.
  static std::string disconnect(unsigned char reason);

 private:
  std::string no_properties() const { return v5_ ? std::string(1, '\0') : std::string(); }

  bool v5_;
};

}  // namespace mqcoap::test
