#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace mqcoap {

/// The most that a broker takes in one packet, as far as is known.
struct packet_limit {
  enum class origin : std::uint8_t {
    unknown,     ///< nobody says: there is no limit
    configured,  ///< `link_options::max_packet`
    announced,   ///< by the broker, in its CONNACK
    observed,    ///< the broker closed the connection after such packets
  };
  std::size_t bytes = std::numeric_limits<std::size_t>::max();  ///< of a whole packet: header, topic, payload
  origin from = origin::unknown;

  friend bool operator==(const packet_limit&, const packet_limit&) = default;
};

/// The smaller one.
packet_limit narrower(const packet_limit& a, const packet_limit& b) noexcept;

/// Bytes of a PUBLISH, as it is on the wire.
std::size_t publish_size(std::size_t topic, std::size_t payload, int qos, bool v5) noexcept;

/// That a broker finds a message too large may show only when it leaves the link's queue. True if what
/// becomes of a payload is followed: others fit, and are too many to follow.
bool is_followed(std::size_t payload, const packet_limit& limit) noexcept;

/// Why something is larger than a broker takes, and what helps.
/// @param what  e.g. `the answer`
/// @param bytes  of its payload
std::string too_large_words(std::string_view what, std::size_t bytes, std::string_view broker,
                            const packet_limit& limit);

}  // namespace mqcoap
