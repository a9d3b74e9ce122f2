#include "watch_options.hpp"

#include <mqcoap/base/units.hpp>

#include "failure.hpp"

namespace mqcoap::cli {

std::chrono::milliseconds duration_of(const char* option, const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration || *duration <= std::chrono::milliseconds::zero())
    throw usage_failure(std::string(option) + " '" + text +
                        "': expected a duration with its unit, e.g. 500ms, 10s, 5min");
  return *duration;
}

void watch_limits::declare(CLI::App& app, const char* what) {
  app.add_option("--for", duration, "End after this time, with 0")->option_text("DURATION");
  app.add_option("--count", count, std::string("End after so many ") + what + ", with 0")
      ->check(CLI::PositiveNumber)
      ->option_text("COUNT");
}

std::optional<std::chrono::milliseconds> watch_limits::time() const {
  if (duration.empty()) return std::nullopt;
  return duration_of("--for", duration);
}

}  // namespace mqcoap::cli
