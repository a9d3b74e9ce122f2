#pragma once

#include <chrono>

namespace mqcoap::cli {

/// The time that a link has to send queued messages when it stops.
inline constexpr std::chrono::milliseconds flush_grace{500};

}  // namespace mqcoap::cli
