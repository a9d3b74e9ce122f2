#pragma once

#include <chrono>
#include <concepts>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/base/lazy.hpp>
#include <mqcoap/base/secret.hpp>
#include <mqcoap/client/client_options.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/options.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/protocol/response.hpp>
#include <optional>
#include <string_view>
#include <utility>

namespace mqcoap {

/// A request to be sent. The client fills in the source and the time.
struct request_spec {
  // Uses constructors instead of aggregate initialization: g++ 12 copies aggregates bitwise
  // within a co_await.
  request_spec(address where, method what = method::get, json_text with = {})
      : to(std::move(where)), verb(what), body(std::move(with)) {}
  /// @param where  `TAG/SUBSYSTEM/PATH` as text
  /// @throws std::invalid_argument  if it is not an address
  template <std::convertible_to<std::string_view> Text>
  request_spec(const Text& where, method what = method::get, json_text with = {})
      : request_spec(make_address(where), what, std::move(with)) {}

  address to;
  method verb;
  json_text body;                                    ///< `null`: none
  std::optional<std::chrono::milliseconds> timeout;  ///< from the call to the answer; none: the client's
  std::optional<when_disconnected> if_disconnected;  ///< none: the client's
  /// None: a fresh one. A request with the same id counts as the same request: a write with it runs once if
  /// the device, or a gateway for it, remembers ids (docs/protocol.md, "Run once"). While it is pending, no
  /// other request may use the id.
  std::optional<request_id> id;
  std::optional<request_id> correlation_id;
  std::optional<secret> token;
  lazy<request_options> options;  ///< `options.edit().hops = 3`
};

/// How one request of a batch ended.
struct outcome {
  error_code error;  ///< none, the code of an error answer, or the reason why there is no answer
  response answer;   ///< the answer; if none came, one with a text about the failure
};

/// Returns true if the device, or a gateway for it, answered, with success or with an error code. False if
/// the exchange failed on the way.
inline bool is_answer(const error_code& error) noexcept {
  return !error || error.category() == response_category();
}

}  // namespace mqcoap
