#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mqcoap {

/// That a broker finds a message too large may show only when it leaves the link's queue. From this size on,
/// what becomes of a payload is followed: smaller ones fit brokers everywhere, and are too many to follow.
inline constexpr std::size_t followed_payload = 4 << 10;

/// Why something is larger than a broker takes, and what helps.
/// @param what  e.g. `the answer`
inline std::string too_large_words(std::string_view what, std::size_t bytes, const std::string& broker) {
  return std::string(what) + " has " + std::to_string(bytes) + " bytes, more than broker " + broker +
         " takes in one packet; less at a time would pass, or more if the broker's limit is raised "
         "(mosquitto: max_packet_size)";
}

}  // namespace mqcoap
