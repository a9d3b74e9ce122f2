#pragma once

#include <mqcoap/settings/section.hpp>
#include <vector>

namespace mqcoap::config {

/// Returns all sections of the configuration, the outermost first.
std::vector<const section_info*> all_sections();

}  // namespace mqcoap::config
