#include "fault_options.hpp"

#include <charconv>
#include <mqcoap/base/units.hpp>
#include <string>

#include "failure.hpp"

namespace mqcoap::cli {

latency_spread parse_latency(std::string_view text) {
  const std::string words = "--latency '" + std::string(text) + "': ";
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) {
    const auto mean = parse_duration(text);
    if (!mean) throw usage_failure(words + "expected a range like 5ms..20ms or a mean like 10ms");
    const bool is_none = *mean == std::chrono::milliseconds::zero();
    return {is_none ? latency_spread::kind::none : latency_spread::kind::exponential, {}, {}, *mean};
  }
  const auto least = parse_duration(text.substr(0, dots));
  const auto most = parse_duration(text.substr(dots + 2));
  if (!least || !most) throw usage_failure(words + "expected two durations with their units, like 5ms..20ms");
  if (*least > *most) throw usage_failure(words + "the first duration is longer than the second");
  return {latency_spread::kind::even, *least, *most, {}};
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
