#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace mqcoap {

/// The largest packet that a broker accepts, as far as it is known.
struct packet_limit {
  enum class origin : std::uint8_t {
    unknown,     ///< no limit is assumed
    configured,  ///< `link_options::max_packet`
    announced,   ///< announced by the broker in its CONNACK
    observed,    ///< the broker closed the connection after such packets
  };
  std::size_t bytes =
      std::numeric_limits<std::size_t>::max();  ///< size of a whole packet: header, topic, payload
  origin from = origin::unknown;

  friend bool operator==(const packet_limit&, const packet_limit&) = default;
};

/// Returns the smaller of two limits.
packet_limit narrower(const packet_limit& a, const packet_limit& b) noexcept;

/// Returns the size of a PUBLISH on the wire.
std::size_t publish_size(std::size_t topic, std::size_t payload, int qos, bool v5) noexcept;

/// Returns true if the outcome of a payload must be tracked, because it may turn out to be too large only
/// when it leaves the link's queue. Smaller ones always fit, and are too many to track.
bool is_followed(std::size_t payload, const packet_limit& limit) noexcept;

/// Explains why something is larger than a broker accepts, and what helps.
/// @param what  e.g. `the answer`
/// @param bytes  the size of its payload
std::string too_large_text(std::string_view what, std::size_t bytes, std::string_view broker,
                           const packet_limit& limit);

}  // namespace mqcoap
