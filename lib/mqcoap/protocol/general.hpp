#pragma once

#include <mqcoap/base/clock.hpp>
#include <mqcoap/json/json_text.hpp>
#include <optional>

namespace mqcoap {

/// A payload that is neither request nor response: an event, a presence (docs/protocol.md, "Payloads").
struct general {
  json_text body;
  std::optional<unix_millis> sent_at{};  ///< absent only under lenient validation
};

}  // namespace mqcoap
