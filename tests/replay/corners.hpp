#pragma once

#include "session.hpp"

namespace mqcoap::replay {

/// Plays cases that random choices do not reach, in sequence.
void play_corners(session& s);

/// Plays a bridge to a device that does not answer, until it does.
void play_mute_bridge(session& s);

}  // namespace mqcoap::replay
