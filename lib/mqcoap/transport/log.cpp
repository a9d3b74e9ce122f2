#include <mqcoap/transport/log.hpp>

#include <spdlog/spdlog.h>

#include <mqcoap/base/safe_text.hpp>

namespace mqcoap {
namespace {

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
    case log_level::error: return spdlog::level::err;
    case log_level::warning: return spdlog::level::warn;
    case log_level::info: return spdlog::level::info;
    case log_level::debug: return spdlog::level::debug;
  }
  return spdlog::level::err;
}

}  // namespace

log_sink spdlog_sink() {
  return [](log_level level, std::string_view message) {
    const auto to = to_spdlog(level);
    // The text may quote input from a broker or a peer.
    if (spdlog::should_log(to)) spdlog::log(to, "{}", safe_text(message));
  };
}

}  // namespace mqcoap
