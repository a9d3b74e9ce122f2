#include "words/duration_text.hpp"

#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <mqcoap/base/quantity.hpp>
#include <mqcoap/base/safe_text.hpp>

#include "words/failure.hpp"

namespace mqcoap::cli {

std::chrono::milliseconds duration_of(const std::string& where, std::string_view text,
                                      std::chrono::milliseconds most) {
  const auto duration = read_duration(text, std::chrono::milliseconds(1), most);
  if (duration) return *duration;
  const auto& fault = duration.error();
  throw usage_failure(where + " '" + safe_text(text) + "': " + (fault.bare ? "the unit is missing: " : "") +
                          "expected " + fault.expected,
                      fault.hint.empty() ? "a number and its unit: 500ms, 10s, 5min, 1h" : fault.hint);
}

std::string to_text(std::chrono::nanoseconds duration) {
  const double ms = static_cast<double>(duration.count()) / 1e6;
  if (ms < 9.995) return fmt::format("{:.2f} ms", ms);
  if (ms < 99.95) return fmt::format("{:.1f} ms", ms);
  if (ms < 999.5) return fmt::format("{:.0f} ms", ms);
  return fmt::format("{:.2f} s", ms / 1e3);
}

double milliseconds_of(std::chrono::nanoseconds duration) {
  return std::round(static_cast<double>(duration.count()) / 1e3) / 1e3;
}

}  // namespace mqcoap::cli
