#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// The log record of an answered request. Its texts are safe to log: control characters are replaced, and
/// long texts are truncated. Never contains a token.
struct request_record {
  std::string request_id;
  std::string source;  ///< empty: none was given
  std::string method;  ///< empty: the request could not be read
  std::string device;  ///< the tag that the request was for
  std::string subsystem;
  std::string path;                                 ///< empty: the request could not be read
  int code = 0;                                     ///< of the answer
  std::optional<std::chrono::microseconds> took{};  ///< none: the request could not be read
  std::string correlation_id;                       ///< empty: none
  std::string traceparent;                          ///< empty: none
  std::string message;  ///< the beginning of the answer's body, or the error in the request
};

/// Returns the record as a line for people.
std::string to_line(const request_record& r);

/// Receives the records instead of the program's log. Called on the event loop.
using request_sink = std::function<void(const request_record&)>;

}  // namespace mqcoap
