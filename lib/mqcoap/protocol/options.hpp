#pragma once

#include <chrono>
#include <cstdint>
#include <mqcoap/protocol/address.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap {

/// A header field as text, for fields that are passed on without being interpreted. Both parts
/// are validated JSON.
struct header_field {
  std::string key;  ///< with its quotes
  std::string value;
};

/// The options of a request (docs/protocol.md, "Options"). Absent: not specified.
struct request_options {
  std::optional<address> proxy_uri;
  std::optional<std::chrono::milliseconds> timeout;  ///< 1 ms to 24 h: how long the caller waits
  std::optional<unsigned> hops;                      ///< 0..255 forwards left
  std::string etag;                                  ///< empty: none
  std::string if_match;
  std::string if_none_match;
  bool create_only = false;    ///< `if_none_match: true`
  std::string accept;          ///< empty: application/json
  std::string content_format;  ///< empty: application/json
  std::string critical;        ///< JSON array of option names, all of them known; passed on
  std::string traceparent;     ///< W3C trace context, passed on and logged
};

/// The options of a response. Empty: none.
struct response_options {
  std::string etag;
  std::string content_format;
  std::optional<std::uint32_t> max_age;  ///< seconds
  std::string traceparent;
};

}  // namespace mqcoap
