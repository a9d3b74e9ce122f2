#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mqcoap {

/// The events that the gateway counts.
enum class event : std::uint8_t {
  answered,           ///< requests answered, with any code
  forwarded,          ///< hops to a device
  foreign_topic,      ///< messages under a topic that is not part of the protocol
  unknown_tag,        ///< requests for a tag that this gateway does not serve
  retained,           ///< retained messages: a broker replays them at every connection
  request_repeated,   ///< requests that arrived twice and were not run again
  request_returned,   ///< requests of the gateway that a broker sent back
  request_stale,      ///< requests whose deadline passed before they were read
  handler_late,       ///< requests that a resource did not answer in time
  answer_unsent,      ///< answers that the connection rejected
  answer_late,        ///< answers of devices that arrived after the deadline
  answer_duplicate,   ///< further answers of a device to one request
  answer_mismatched,  ///< answers with an awaited id and another topic or path
  answer_unexpected,  ///< mostly answers to requests of other clients
  topic_too_large,    ///< messages of a `topic` resource that exceed limits.payload
  event_published,    ///< events of resources
  event_unread,       ///< events omitted because the resource could not be read
  event_unsent,       ///< events that the connection rejected
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
