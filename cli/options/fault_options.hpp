#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace mqcoap::cli {

/// The delay before an answer: distributed uniformly between two bounds, or exponentially around a mean, like
/// waiting times in queues.
struct latency_spread {
  enum class kind : std::uint8_t { none, even, exponential };
  kind which = kind::none;
  std::chrono::microseconds least{};  ///< even
  std::chrono::microseconds most{};   ///< even
  std::chrono::microseconds mean{};   ///< exponential
};

/// Parses `5ms..20ms`, or a mean such as `10ms`. @throws usage_failure
latency_spread parse_latency(std::string_view text);

/// Parses a share from 0 to 1, written as `1%` or `0.5%`. @param option  the name of the option, for
/// error messages.
/// @throws usage_failure
double parse_share(const char* option, std::string_view text);

/// The faults of a simulated device.
struct fault_options {
  latency_spread latency;
  double drop = 0;   ///< share of the requests that get no answer
  double error = 0;  ///< share of the remaining requests that are answered with 503
  std::uint64_t seed = 1;
};

}  // namespace mqcoap::cli
