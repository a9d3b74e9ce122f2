#include "options/watch_options.hpp"

#include "words/duration_text.hpp"

namespace mqcoap::cli {

void watch_limits::declare(command app, const char* what) {
  app.add_option("--for", duration, "End after this time, with status 0")->option_text("DURATION");
  app.add_option("--count", count, std::string("End after this many ") + what + ", with status 0")
      ->positive()
      ->option_text("COUNT");
}

std::optional<std::chrono::milliseconds> watch_limits::time() const {
  if (duration.empty()) return std::nullopt;
  return duration_of("--for", duration);
}

}  // namespace mqcoap::cli
