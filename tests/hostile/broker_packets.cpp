#include "broker_packets.hpp"

#include <utility>

namespace mqcoap::test {
namespace {

std::string two_bytes(std::size_t number) {
  return {static_cast<char>(number >> 8U), static_cast<char>(number & 0xffU)};
}

}  // namespace

std::string framed(unsigned char first, std::string_view body, std::size_t claimed) {
  std::string bytes(1, static_cast<char>(first));
  do {
    const auto low = claimed % 128;
    claimed /= 128;
    bytes += static_cast<char>(claimed > 0 ? low | 0x80U : low);
  } while (claimed > 0);
  return bytes.append(body);
}

std::string framed(unsigned char first, std::string_view body) { return framed(first, body, body.size()); }

std::string broker_packets::connack(unsigned char code, std::string_view properties) const {
  std::string body{'\0', static_cast<char>(code)};
  if (v5_) body.append(1, static_cast<char>(properties.size())).append(properties);
  return framed(0x20, body);
}

std::string broker_packets::suback(std::uint16_t id, std::string_view codes) const {
  return framed(0x90, (two_bytes(id) + no_properties()).append(codes));
}

std::string broker_packets::unsuback(std::uint16_t id, std::size_t filters) const {
  return framed(0xb0, two_bytes(id) + (v5_ ? std::string(1 + filters, '\0') : ""));
}

std::string broker_packets::acknowledgement(unsigned char first, std::uint16_t id,
                                            unsigned char reason) const {
  auto body = two_bytes(id);
  if (v5_ && reason != 0) body += static_cast<char>(reason);
  return framed(first, body);
}

std::string broker_packets::publish(std::string_view topic, std::string_view payload,
                                    std::uint16_t id) const {
  auto body = two_bytes(topic.size()).append(topic);
  if (id != 0) body += two_bytes(id);
  body += no_properties();
  return framed(id == 0 ? 0x30 : 0x32, body.append(payload));
}

std::string broker_packets::disconnect(unsigned char reason) {
  return framed(0xe0, std::string{static_cast<char>(reason), '\0'});
}

}  // namespace mqcoap::test
