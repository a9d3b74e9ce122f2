#pragma once

#include <mqcoap/base/clock.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/options.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/protocol/resource_path.hpp>
#include <mqcoap/protocol/response_code.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// The answer to a request; the other fields of the response are copied from the request.
struct answer {
  response_code code = response_code::content;
  json_text body{};        ///< `null` if there is no content; for errors, the error text
  std::string location{};  ///< with 201: path of the new resource; else empty
  response_options options{};
  std::vector<header_field> unknown{};  ///< header fields passed on from a proxied response
  std::string source{};                 ///< the tag that answered; empty: the tag that was asked
  /// Rejected before anything was done, so that the same request may be sent again. Not encoded.
  bool never_run = false;

  /// Creates an error with a text: what was wrong, and what is expected.
  static answer error(response_code code, std::string_view message) {
    answer a;
    a.code = code;
    a.body = json_text::from_string(message);
    return a;
  }
  /// Creates the error of a request that was never run.
  static answer refusal(response_code code, std::string_view message) {
    auto a = error(code, message);
    a.never_run = true;
    return a;
  }
};

/// A response as it is sent (docs/protocol.md, "Payloads").
struct response : answer {
  resource_path path;
  request_id id;
  std::optional<request_id> correlation_id{};
  std::optional<unix_millis> sent_at{};
};

/// Returns true if a response is the answer to the request with this id and path. A device that could not
/// read the path answers with an error and the path `unknown` (docs/protocol.md, "Payloads").
inline bool is_answer_to(const response& r, const request_id& id, const resource_path& path) noexcept {
  return r.id == id && (r.path == path || (is_error(r.code) && r.path.key() == "unknown"));
}

}  // namespace mqcoap
