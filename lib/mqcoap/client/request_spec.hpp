#pragma once

#include <chrono>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/base/secret.hpp>
#include <mqcoap/client/client_options.hpp>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/json_text.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/options.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/protocol/response.hpp>
#include <optional>

namespace mqcoap {

/// A request to be made. Who asks, its id and its time are filled in by the client.
struct request_spec {
  address to;
  method verb = method::get;
  json_text body{};                                    ///< `null`: none
  std::optional<std::chrono::milliseconds> timeout{};  ///< from the call to the answer; none: the client's
  std::optional<when_disconnected> if_disconnected{};  ///< none: the client's
  std::optional<request_id> correlation_id{};
  std::optional<secret> token{};
  request_options options{};
};

/// How one request of a batch ended.
struct outcome {
  error_code error;  ///< none, the code of an error answer, or why there is no answer
  response answer;   ///< what came; meaningless if there is no answer
};

/// True if the device, or a gateway for it, answered: with success or with an error code. False if the
/// exchange failed on the way.
inline bool is_answer(const error_code& error) noexcept {
  return !error || error.category() == response_category();
}

}  // namespace mqcoap
