#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mqcoap/base/secret.hpp>
#include <mqcoap/protocol/method.hpp>
#include <string>
#include <utility>
#include <vector>

namespace mqcoap {

/// The terms of requests to a server. They belong to the resource: resources with different terms
/// share the connections.
struct http_terms {
  std::chrono::milliseconds timeout{4000};  ///< for the whole request, including the wait for a connection
  std::chrono::milliseconds idle{
      4000};  ///< a connection that is unused for this long is closed; 0 for at once
  std::size_t most = std::size_t{256} << 10;  ///< size limit of the body of an answer
  std::size_t connections = 4;  ///< no request begins while this many are under way at the server
  std::size_t queue = 64;       ///< limit of waiting requests
  friend bool operator==(const http_terms&, const http_terms&) = default;
};

/// A field of the header of each request. The value may be a secret.
struct http_field {
  std::string name;
  secret value;
  friend bool operator==(const http_field&, const http_field&) = default;
};

/// A request to a server.
struct http_exchange {
  method verb = method::get;
  std::string host;    ///< value of the field `Host`
  std::string target;  ///< path and query
  std::vector<http_field> fields{};
  std::string accept{};
  std::string content_type{};  ///< empty if there is no body
  std::string body{};
  std::size_t most = 0;  ///< size limit of the body of the answer
};

/// How a request ended.
struct http_outcome {
  enum class end : std::uint8_t {
    answered,
    not_connected,  ///< nothing was sent
    too_many_wait,  ///< nothing was sent
    late,           ///< it timed out
    closed,         ///< the connection was closed before the first byte of the answer
    cut_off,        ///< the connection was closed within the answer
    unreadable,     ///< the answer is not HTTP
    too_large,      ///< the answer exceeds a limit
  };
  end how = end::answered;
  std::string why{};     ///< the error message, if there is no answer
  bool was_sent = true;  ///< the server may have run the request

  /// @name The answer
  /// @{
  unsigned status = 0;
  std::string reason{};  ///< the phrase after the status
  std::string body{};
  std::string content_type{};
  std::string encoding{};  ///< of the content; may be empty
  std::string location{};
  std::string retry_after{};
  /// @}
};

}  // namespace mqcoap
