#pragma once

#include <string>

#include "record.hpp"
#include "session.hpp"

namespace mqcoap::replay {

/// Plays everything in the record. @param folder  the folder of the configuration files
void play_everything(const std::string& folder, record& out, kind_counts& counts);

}  // namespace mqcoap::replay
