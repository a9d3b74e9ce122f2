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

// How `doctor` judges what it measured.
namespace mqcoap::cli {

enum class verdict : std::uint8_t { ok, warn, fail };

/// The outcome of one check.
struct finding {
  verdict result = verdict::ok;
  std::string what{};              ///< the check: `round trip`
  std::string words{};             ///< what was found
  std::string advice{};            ///< what to do about it; empty if it is ok
  exit_status status = status_ok;  ///< with which `doctor` ends if it failed
};

std::string_view name_of(verdict v) noexcept;

/// A line for a finding, below it the advice; or a JSON object on a line.
std::string show_finding(const finding& f, const output_format& how);

/// The middle one of several times. Precondition: there is one.
std::chrono::microseconds median(std::vector<std::chrono::microseconds> times);

/// Requests to ourselves cross the network four times. More than 20 ms above that is a busy broker, or
/// network. Nagle's algorithm at the broker does not show: libmqcoap acknowledges at once.
/// @param handshake  of TCP: one round trip of the network
finding judge_round_trip(std::chrono::microseconds p50, std::chrono::microseconds handshake);

/// What a gateway says of itself. @param status  the body of its `.gw/status`, validated JSON
/// @return nothing if it is none
std::optional<std::vector<finding>> judge_gateway(std::string_view status);

/// @param sent  the device's timestamp
/// @param came  our time when its answer arrived, `took` after the request left
finding judge_clock(unix_millis sent, unix_millis came, std::chrono::microseconds took);

}  // namespace mqcoap::cli
