#include "options/fault_options.hpp"

#include <charconv>
#include <mqcoap/base/quantity.hpp>
#include <mqcoap/base/safe_text.hpp>
#include <string>

#include "words/failure.hpp"

namespace mqcoap::cli {

latency_spread parse_latency(std::string_view text) {
  const auto part = [text](std::string_view duration) {
    const auto read = read_duration(duration, std::chrono::milliseconds::zero(), std::chrono::hours(1));
    if (read) return *read;
    throw usage_failure(
        "--latency '" + safe_text(text) + "': expected a range like 5ms..20ms or a mean like 10ms, up to 1h",
        read.error().hint);
  };
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) {
    const auto mean = part(text);
    const bool is_none = mean == std::chrono::milliseconds::zero();
    return {is_none ? latency_spread::kind::none : latency_spread::kind::exponential, {}, {}, mean};
  }
  const auto least = part(text.substr(0, dots));
  const auto most = part(text.substr(dots + 2));
  if (least > most)
    throw usage_failure("--latency '" + safe_text(text) + "': the first duration is longer than the second");
  return {latency_spread::kind::even, least, most, {}};
}

double parse_share(const char* option, std::string_view text) {
  double percent = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, percent, std::chars_format::fixed);
  const bool ends_right = read.ec == std::errc{} && std::string_view(read.ptr, end) == "%";
  if (ends_right && percent >= 0 && percent <= 100) return percent / 100;
  throw usage_failure(std::string(option) + " '" + std::string(text) +
                      "': expected 0% to 100%, e.g. 1% or 0.5%");
}

}  // namespace mqcoap::cli
