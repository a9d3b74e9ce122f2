#pragma once

#include <spdlog/fmt/fmt.h>

#include <mqcoap/base/log_sink.hpp>
#include <utility>

namespace mqcoap {

/// Formats and logs a message, if there is a sink.
template <class... Args>
void say(const log_sink& to, log_level level, fmt::format_string<Args...> format, Args&&... args) {
  if (to) to(level, fmt::format(format, std::forward<Args>(args)...));
}

/// Returns a sink that writes to spdlog's default logger, for programs that use it.
log_sink spdlog_sink();

}  // namespace mqcoap
