#pragma once

#include <cstddef>
#include <cstdint>
#include <mqcoap/base/errc.hpp>
#include <string_view>

namespace mqcoap::ask {

/// The reason why a question ended without an answer. The subclass of the question makes the text.
struct failure {
  enum class cause : std::uint8_t {
    deadline,       ///< the device did not answer in time, or the question was not sent in time
    link_lost,      ///< the connection went down; `words` say why
    not_confirmed,  ///< the answers of the device cannot be subscribed to: `error`
    not_sendable,   ///< the link refused the question, or lost it: `error`
    no_memory,      ///< there was no memory for the answer
    unusable,       ///< the answer is unusable; `words` say why
    ended,          ///< ended by the asker's owner, with `error` and `words`
  };

  cause why = cause::deadline;
  error_code error{};
  std::size_t bytes = 0;     ///< size of the payload
  std::string_view words{};  ///< valid during the call
};

}  // namespace mqcoap::ask
