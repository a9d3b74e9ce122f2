#pragma once

namespace mqcoap {

/// Reason codes from this one on mean failure (MQTT 5.0 section 2.4); so does 0x80 in a SUBACK of MQTT 3.1.1.
inline constexpr int first_failure = 128;

}  // namespace mqcoap
