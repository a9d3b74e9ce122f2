#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace mqcoap::cli {

/// How long an answer takes: evenly spread between two bounds, or about a mean (exponentially, as waiting
/// times of queues are).
struct latency_spread {
  enum class kind : std::uint8_t { none, even, exponential };
  kind which = kind::none;
  std::chrono::microseconds least{};  ///< even
  std::chrono::microseconds most{};   ///< even
  std::chrono::microseconds mean{};   ///< exponential
};

/// `5ms..20ms`, or a mean: `10ms`. @throws usage_failure
latency_spread parse_latency(std::string_view text);

/// A share of 0 to 1, written `1%` or `0.5%`. @param option  whose value it is. @throws usage_failure
double parse_share(const char* option, std::string_view text);

/// What a simulated device does wrong.
struct fault_options {
  latency_spread latency;
  double drop = 0;   ///< share of the requests that are not answered
  double error = 0;  ///< share of the others that are answered with 503
  std::uint64_t seed = 1;
};

}  // namespace mqcoap::cli
