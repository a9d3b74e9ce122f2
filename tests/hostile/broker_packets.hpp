#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mqcoap::test {

/// A packet of MQTT with this first byte.
std::string framed(unsigned char first, std::string_view body);
/// The same, with a remaining length that may be wrong.
std::string framed(unsigned char first, std::string_view body, std::size_t claimed);

/// Packets as a broker sends them, in the version of its client.
class broker_packets {
 public:
  explicit broker_packets(bool v5) : v5_(v5) {}

  /// @param properties  as they stand in the packet, without their length; for version 5 only
  std::string connack(unsigned char code = 0, std::string_view properties = {}) const;
  /// @param codes  one byte for each filter
  std::string suback(std::uint16_t id, std::string_view codes) const;
  std::string unsuback(std::uint16_t id, std::size_t filters) const;
  /// PUBACK, PUBREC, PUBREL or PUBCOMP, as the first byte says. A reason is left out if it is 0.
  std::string acknowledgement(unsigned char first, std::uint16_t id, unsigned char reason = 0) const;
  /// @param id  0: at QoS 0
  std::string publish(std::string_view topic, std::string_view payload, std::uint16_t id = 0) const;
  static std::string pingresp() { return framed(0xd0, {}); }
  /// Version 3.1.1 has none from a broker.
  static std::string disconnect(unsigned char reason);

 private:
  std::string no_properties() const { return v5_ ? std::string(1, '\0') : std::string(); }

  bool v5_;
};

}  // namespace mqcoap::test
