#pragma once

#include <mqcoap/gateway/event_options.hpp>
#include <mqcoap/settings/section.hpp>

namespace mqcoap::config {

/// The keys of `publish`.
const section<event_options>& event_section();

}  // namespace mqcoap::config
