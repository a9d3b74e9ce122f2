#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace mqcoap {

/// How urgent a line of the log is, the most urgent first.
enum class log_level : std::uint8_t { error, warning, info, debug };

/// Receives the log lines of a part of the library; an empty function drops them. Called on
/// that part's executor.
using log_sink = std::function<void(log_level, std::string_view)>;

}  // namespace mqcoap
