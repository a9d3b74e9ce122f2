#pragma once

#include <string>

#include "record.hpp"
#include "session.hpp"

namespace mqcoap::replay {

/// Plays everything that the record tells of. @param folder  where the configurations stand
void play_everything(const std::string& folder, record& out, kind_counts& counts);

}  // namespace mqcoap::replay
