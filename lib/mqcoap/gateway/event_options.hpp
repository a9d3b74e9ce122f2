#pragma once

#include <chrono>
#include <optional>

namespace mqcoap {

/// When the value of a resource is published as an event (docs/protocol.md, "Events").
struct event_options {
  /// The interval at which the resource is read, without drift; none: it is read after changes.
  std::optional<std::chrono::milliseconds> every{};
  /// The smallest difference from the last event that is published; 0: any.
  double change = 0;
  bool is_percent = false;  ///< `change` is in percent of the value of the last event
  bool on_change =
      false;            ///< publishes each change; with `every`, each value that differs from the last event
  bool retain = false;  ///< the broker stores the last event for later subscribers

  friend bool operator==(const event_options&, const event_options&) = default;
};

}  // namespace mqcoap
