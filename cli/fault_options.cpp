#include "fault_options.hpp"

#include <charconv>
#include <mqcoap/base/units.hpp>

namespace mqcoap::cli {

result<latency_spread, std::string> parse_latency(std::string_view text) {
  const std::string words = "'" + std::string(text) + "' is no latency: ";
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) {
    const auto mean = parse_duration(text);
    if (!mean) return words + "expected a range like 5ms..20ms or a mean like 10ms";
    latency_spread out{latency_spread::kind::exponential, {}, {}, *mean};
    if (*mean == std::chrono::milliseconds::zero()) out.which = latency_spread::kind::none;
    return out;
  }
  const auto least = parse_duration(text.substr(0, dots));
  const auto most = parse_duration(text.substr(dots + 2));
  if (!least || !most) return words + "expected two durations with their units, like 5ms..20ms";
  if (*least > *most) return words + "the first duration is longer than the second";
  return latency_spread{latency_spread::kind::even, *least, *most, {}};
}

result<double, std::string> parse_share(std::string_view text) {
  double percent = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), percent, std::chars_format::fixed);
  const bool ends_right = read.ec == std::errc{} && std::string_view(read.ptr, text.data() + text.size()) == "%";
  if (ends_right && percent >= 0 && percent <= 100) return percent / 100;
  return "'" + std::string(text) + "' is no share: expected 0% to 100%, e.g. 1% or 0.5%";
}

}  // namespace mqcoap::cli
