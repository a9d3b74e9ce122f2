#pragma once

#include <chrono>
#include <mqcoap/base/clock.hpp>
#include <string>
#include <string_view>

namespace mqcoap::cli {

/// One message of a recording. A recording is a file of lines, each a JSON object:
///
///     {"t": 12.5, "at": "2026-01-31T12:00:00.123Z", "topic": "...", "payload": "..."}
///
/// `t`: milliseconds since the recording began; `payload`: the text, or with `"encoding": "base64"` a payload
/// that is not UTF-8.
struct recorded_message {
  std::chrono::microseconds t{};
  unix_millis at;
  std::string topic;
  std::string payload;
};

/// Returns the line for a message, without a newline.
std::string to_line(const recorded_message& m);

/// Parses a line. @throws failure
recorded_message parse_recorded(std::string_view line);

}  // namespace mqcoap::cli
