#pragma once

#include <cstdint>
#include <mqcoap/base/errc.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// A server and a path on it, as configured.
struct http_url {
  std::string host;  ///< a name in lower case, or a numeric address
  std::uint16_t port = 80;
  std::string path = "/";  ///< begins with a slash, percent-encoded
  std::string query{};     ///< with its `?`; may be empty
  friend bool operator==(const http_url&, const http_url&) = default;
};

/// The reason why a text is not a URL that can be used.
struct http_url_fault {
  std::string message;
  std::string hint{};
};

/// Parses `http://HOST[:PORT][/PATH][?QUERY]`.
result<http_url, http_url_fault> parse_http_url(std::string_view text);

/// Returns the server alone, with its port: `http://camera.lab:80`.
std::string origin_of(const http_url& at);
/// Returns the value of the field `Host`: without the port if it is 80, and without the zone of an address.
std::string host_field_of(const http_url& at);

/// Returns the target of a request for a path below the URL: each segment is percent-encoded, so that none
/// can leave the path. Returns nothing if a segment is empty, `.` or `..`.
std::optional<std::string> target_below(const http_url& at, const std::vector<std::string_view>& segments);

/// Splits a path into its segments; an empty path has none.
std::vector<std::string_view> split_segments(std::string_view path);

/// Returns the resource path of the `location` that a server returned, if that is below the URL on the same
/// server; empty otherwise.
/// @param location  a URL, or a reference relative to that of the request
/// @param target    the target of the request
/// @param prefix    the resource path of the URL itself
std::string path_of_location(std::string_view location, const http_url& at, std::string_view target,
                             std::string_view prefix);

}  // namespace mqcoap
