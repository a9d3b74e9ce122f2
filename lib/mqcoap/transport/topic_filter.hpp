#pragma once

#include <string_view>

namespace mqcoap {

/// True if an MQTT topic filter (`+`, `#`) matches a topic. A filter that begins with a wildcard does not
/// match a topic that begins with `$` (MQTT 5.0 section 4.7).
bool filter_matches(std::string_view filter, std::string_view topic) noexcept;

}  // namespace mqcoap
