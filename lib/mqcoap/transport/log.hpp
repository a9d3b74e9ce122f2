#pragma once

#include <spdlog/fmt/fmt.h>

#include <mqcoap/base/log_sink.hpp>
#include <utility>

namespace mqcoap {

/// Formats, if there is anybody to listen.
template <class... Args>
void say(const log_sink& to, log_level level, fmt::format_string<Args...> words, Args&&... args) {
  if (to) to(level, fmt::format(words, std::forward<Args>(args)...));
}

/// A sink that leads to spdlog's default logger, for programs that log with it.
log_sink spdlog_sink();

}  // namespace mqcoap
