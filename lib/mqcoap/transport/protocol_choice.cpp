#include <mqcoap/transport/protocol_choice.hpp>

namespace mqcoap {

bool protocol_choice::failed(failure why) noexcept {
  if (!automatic_) return false;
  if (why == failure::hung_up && ++hang_ups_ >= tolerated_hang_ups) {
    hang_ups_ = 0;
    proven_ = mqtt_protocol::automatic;
  }
  if (next_ == mqtt_protocol::v5) {
    // A broker that has used version 5 and now closes the connection is assumed to be shutting down, not to
    // reject the version.
    const bool refused =
        why == failure::version_refused || (why == failure::hung_up && proven_ != mqtt_protocol::v5);
    if (refused) next_ = mqtt_protocol::v311;
    return refused;
  }
  // Version 3.1.1 is not proven, or no longer: the next round begins with 5 again.
  if (why != failure::other) proven_ = mqtt_protocol::automatic;
  if (proven_ != mqtt_protocol::v311) next_ = mqtt_protocol::v5;
  return false;
}

}  // namespace mqcoap
