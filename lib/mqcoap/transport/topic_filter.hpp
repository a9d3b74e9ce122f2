#pragma once

#include <cstddef>
#include <string_view>

namespace mqcoap {

/// The longest topic or filter in bytes (MQTT 5.0 section 1.5.4).
inline constexpr std::size_t largest_topic = 65'535;

/// Returns true for a valid topic to publish to: neither empty nor too long, without a wildcard or NUL.
bool valid_topic(std::string_view topic) noexcept;

/// Returns true if an MQTT topic filter (`+`, `#`) matches a topic. A filter that begins with a wildcard does
/// not match a topic that begins with `$` (MQTT 5.0 section 4.7).
bool filter_matches(std::string_view filter, std::string_view topic) noexcept;

}  // namespace mqcoap
