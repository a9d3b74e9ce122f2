#pragma once

#include <chrono>
#include <cstddef>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <optional>
#include <string>

#include "options/arguments.hpp"
#include "session/session.hpp"

namespace mqcoap::cli {

/// The options for repeating a request, shared by get, put, post and delete. A gateway runs a POST, PUT or
/// DELETE that arrives again with the same id only once, and answers the repeat with the first answer
/// (docs/protocol.md, "Run once").
struct repeat_arguments {
  std::string id{};       ///< --request-id; empty: a new one
  std::size_t times = 0;  ///< --retry

  void declare(command app, method verb);
  /// Returns the id to send. @throws usage_failure
  request_id chosen_id() const;
};

/// Returns true if it makes sense to repeat the request: there was no answer, or a 503 or 504.
bool may_repeat(const request_outcome& outcome);

/// Returns the pause before the n-th repeat (from 1): none after a timeout, which already took long enough;
/// otherwise 1 s, doubled each time up to 16 s.
std::chrono::milliseconds pause_before(std::size_t n, const request_outcome& last);

/// Returns true if it is unknown whether a POST, PUT or DELETE was run: it was sent and received no usable
/// answer, a 504, or an answer that states this.
bool may_have_run(const request_outcome& outcome, method verb);

}  // namespace mqcoap::cli
