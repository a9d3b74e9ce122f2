#pragma once

#include <chrono>
#include <cstdint>
#include <mqcoap/base/clock.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "output/output.hpp"
#include "words/exit_status.hpp"

// The findings of `doctor`.
namespace mqcoap::cli {

enum class verdict : std::uint8_t { ok, warn, fail };

/// The outcome of one check.
struct finding {
  verdict result = verdict::ok;
  std::string what{};              ///< the name of the check: `round trip`
  std::string message{};           ///< what was found
  std::string advice{};            ///< what to do about it; empty if it is ok
  exit_status status = status_ok;  ///< the exit status of `doctor` if the check failed
};

std::string_view name_of(verdict v) noexcept;

/// Returns a finding as text, a line with the advice below it, or as a JSON object on a single line.
std::string show_finding(const finding& f, const output_format& how);

/// Returns the median. Precondition: `times` is not empty.
std::chrono::microseconds median(std::vector<std::chrono::microseconds> times);

/// Evaluates the round trips of requests to this program, which cross the network four times. More than 20 ms
/// above that means that the broker or the network is busy. The effect of Nagle's algorithm at the broker
/// does not show, because libmqcoap acknowledges immediately.
/// @param handshake  duration of the TCP handshake: one round trip of the network
finding judge_round_trip(std::chrono::microseconds p50, std::chrono::microseconds handshake);

/// Evaluates the status of a gateway. @param status  the body of its `.gw/status`, validated JSON
/// @return nothing if the device is not a gateway
std::optional<std::vector<finding>> judge_gateway(std::string_view status);

/// Compares the device's clock with the local one.
/// @param sent  the device's timestamp
/// @param came  the local time when its answer arrived, `took` after the request was sent
finding judge_clock(unix_millis sent, unix_millis came, std::chrono::microseconds took);

}  // namespace mqcoap::cli
