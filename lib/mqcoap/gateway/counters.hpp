#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mqcoap {

/// What the gateway counts and says nothing of on the wire.
enum class event : std::uint8_t {
  answered,           ///< requests answered, with any code
  forwarded,          ///< hops to a device
  foreign_topic,      ///< messages under a topic that is none of the protocol
  unknown_tag,        ///< requests for a tag that is not served here
  retained,           ///< retained messages: a broker replays them at every connection
  request_repeated,   ///< requests that came twice and were not run again
  request_returned,   ///< requests of our own that a broker brought back
  request_stale,      ///< requests whose time was over before they were read
  handler_late,       ///< requests that a resource did not answer in time
  answer_unsent,      ///< answers that the connection did not take
  answer_late,        ///< answers of a device after the deadline
  answer_duplicate,   ///< further answers of a device to one request
  answer_mismatched,  ///< answers under an awaited id with another topic, id or path
  answer_unexpected,  ///< answers nobody here asked for: of other requesters, mostly
  event_published,    ///< events of resources
  event_unread,       ///< events that were left out, because the resource could not be read
  event_unsent,       ///< events that the connection did not take
};
inline constexpr std::size_t event_count = static_cast<std::size_t>(event::event_unsent) + 1;

std::string_view to_string(event e) noexcept;

class counters {
 public:
  void count(event e) noexcept { ++values_[static_cast<std::size_t>(e)]; }
  std::uint64_t operator[](event e) const noexcept { return values_[static_cast<std::size_t>(e)]; }

 private:
  std::array<std::uint64_t, event_count> values_{};
};

}  // namespace mqcoap
