#pragma once

#include <chrono>
#include <optional>

namespace mqcoap {

/// When the value of a resource is published as an event (docs/protocol.md, "Events").
struct event_options {
  /// The resource is read so often, on a grid that does not drift; none: only changes count.
  std::optional<std::chrono::milliseconds> every{};
  /// Of what is read every time, an event tells only what differs from the last event by so much; 0: all.
  double change = 0;
  bool is_percent = false;  ///< `change` is in percent of the value of the last event
  bool on_change = false;   ///< an event tells each change; with `every`, what is read and differs at all
  bool retain = false;      ///< the broker keeps the last event for later subscribers

  friend bool operator==(const event_options&, const event_options&) = default;
};

}  // namespace mqcoap
