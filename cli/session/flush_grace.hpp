#pragma once

#include <chrono>

namespace mqcoap::cli {

/// The time that a stopping link has to send waiting messages.
inline constexpr std::chrono::milliseconds flush_grace{500};

}  // namespace mqcoap::cli
