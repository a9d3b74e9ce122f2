#pragma once

#include <chrono>

namespace mqcoap::cli {

/// How long a link that stops may take to send what still waits.
inline constexpr std::chrono::milliseconds flush_grace{500};

}  // namespace mqcoap::cli
