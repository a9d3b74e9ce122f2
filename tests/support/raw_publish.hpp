#pragma once

#include <cstdint>
#include <string_view>

namespace mqcoap::test {

/// Publishes a message at QoS 0 over a separate connection and returns when the broker has accepted it.
/// Shares no code with the tested library.
void raw_publish(std::uint16_t port, std::string_view topic, std::string_view payload, bool retain = false);

}  // namespace mqcoap::test
