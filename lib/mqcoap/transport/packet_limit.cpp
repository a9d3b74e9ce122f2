#include <mqcoap/transport/packet_limit.hpp>

namespace mqcoap {
namespace {

constexpr std::size_t fits_everywhere = 4 << 10;
constexpr std::size_t beside_payload = 1 << 10;  // room for header and a topic of usual length

}  // namespace

packet_limit narrower(const packet_limit& a, const packet_limit& b) noexcept {
  return b.bytes < a.bytes ? b : a;
}

std::size_t publish_size(std::size_t topic, std::size_t payload, int qos, bool v5) noexcept {
  const std::size_t rest = 2 + topic + (qos > 0 ? 2 : 0) + (v5 ? 1 : 0) + payload;
  std::size_t header = 2;
  for (std::size_t left = rest >> 7U; left > 0; left >>= 7U) ++header;
  return header + rest;
}

bool is_followed(std::size_t payload, const packet_limit& limit) noexcept {
  return payload >= fits_everywhere || payload + beside_payload >= limit.bytes;
}

std::string too_large_text(std::string_view what, std::size_t bytes, std::string_view broker,
                           const packet_limit& limit) {
  using enum packet_limit::origin;
  std::string message = std::string(what) + " has " + std::to_string(bytes) + " bytes, more than ";
  const auto named = "broker " + std::string(broker);
  const auto most = std::to_string(limit.bytes);
  switch (limit.from) {
    case configured:
      return message + "fits in one packet to " + named + ": its `max_packet` here is " + most +
             " bytes; only smaller messages pass";
    case announced: message += "fits in the " + most + " bytes that " + named + " takes in one packet"; break;
    case observed:
      message += named +
                 " takes in one packet: it has twice closed the connection after packets of more than " +
                 most + " bytes";
      break;
    case unknown: message += named + " takes in one packet"; break;
  }
  return message +
         "; only smaller messages pass, unless the broker's limit is raised (mosquitto: max_packet_size)";
}

}  // namespace mqcoap
