#pragma once

#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Answers a call whose step or handler has thrown an exception.
class failed_step {
 public:
  /// @param log  receives failures after the answer and, at most once per second, out-of-memory failures
  explicit failed_step(log_sink log) : log_(std::move(log)) {}

  /// Called while handling an exception: answers the call in `r`, if there still is one, with 503 for
  /// std::bad_alloc, else with 500.
  /// @param who  the step that failed
  /// @param received  when the call arrived
  void answer_for(std::string_view who, responder& r, steady_time received);
  /// Answers as for an exception with this message.
  void answer_for(std::string_view who, responder& r, response_code code, std::string_view message);

 private:
  void end_for_memory(std::string_view who, responder& r, steady_time received);
  void say(std::string_view who, std::string_view what) const;

  const log_sink log_;
  steady_time next_memory_line_ = steady_time::min();
};

}  // namespace mqcoap
