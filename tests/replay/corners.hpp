#pragma once

#include "session.hpp"

namespace mqcoap::replay {

/// What the dice do not find, one after the other.
void play_corners(session& s);

/// A bridge to a device that never answers, until it does.
void play_mute_bridge(session& s);

}  // namespace mqcoap::replay
