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

/// How a request is sent again: what get, put, post and delete have in common. A gateway runs a POST, PUT or
/// DELETE that comes again under its id once, and gives the repeat the first one's answer (docs/protocol.md,
/// "Run once").
struct repeat_words {
  std::string id{};       ///< --request-id; empty: a fresh one
  std::size_t times = 0;  ///< --retry

  void declare(command app, method verb);
  /// The id to be sent. @throws usage_failure
  request_id chosen_id() const;
};

/// True if the same request may fare better when it is sent again: nothing came, 503 or 504.
bool may_repeat(const request_outcome& outcome);

/// How long to wait before the n-th repeat (from 1). None after silence, which was waiting enough; else 1 s,
/// doubled each time, at most 16 s.
std::chrono::milliseconds pause_before(std::size_t n, const request_outcome& last);

/// True if nobody knows whether a POST, PUT or DELETE ran: it was sent and no usable answer came, or 504, or
/// an answer says so.
bool may_have_run(const request_outcome& outcome, method verb);

}  // namespace mqcoap::cli
