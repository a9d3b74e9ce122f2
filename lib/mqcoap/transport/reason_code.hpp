#pragma once

namespace mqcoap {

/// Reason codes of MQTT 5 from this one on tell of a failure (section 2.4), and so does 0x80 in a SUBACK of
/// MQTT 3.1.1.
inline constexpr int first_failure = 128;

}  // namespace mqcoap
