#pragma once

#include <cstddef>
#include <cstdint>
#include <mqcoap/base/errc.hpp>
#include <string_view>

namespace mqcoap::ask {

/// The reason why a request ended without an answer. The subclass of the request builds the message.
struct failure {
  enum class cause : std::uint8_t {
    deadline,       ///< the device did not answer in time, or the request was not sent in time
    link_lost,      ///< the connection was lost; `message` is the reason
    not_confirmed,  ///< subscribing to the answers of the device failed with `error`
    not_sendable,   ///< the link rejected the request, or failed to send it, with `error`
    no_memory,      ///< ran out of memory when processing the answer
    unusable,       ///< the answer is not usable; `message` is the reason
    ended,          ///< ended by the sender's owner, with `error` and `message`
  };

  cause why = cause::deadline;
  error_code error{};
  std::size_t bytes = 0;       ///< size of the payload
  std::string_view message{};  ///< valid during the call
};

}  // namespace mqcoap::ask
