#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <mqcoap/transport/logger.hpp>

namespace mqcoap {

std::shared_ptr<spdlog::logger> logger() {
  if (auto ours = spdlog::get("mqcoap")) return ours;
  // The one that spdlog itself begins with has no name, and writes to standard output.
  if (auto set = spdlog::default_logger(); set && !set->name().empty()) return set;
  static const auto quiet = [] {
    auto made =
        std::make_shared<spdlog::logger>("mqcoap", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made->set_level(spdlog::level::warn);
    return made;
  }();
  return quiet;
}

}  // namespace mqcoap
