#pragma once

#include <functional>
#include <memory>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/client/coroutine_calls.hpp>
#include <mqcoap/client/handler_list.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/serve/failed_step.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Passes a request to the handlers in order, until one has answered or taken it, or does not propagate it; a
/// request that remains is answered by the default.
class request_chain {
 public:
  using last_resort = std::function<void(responder r)>;

  /// @param otherwise  answers what no handler answered; empty: 404
  /// @param log  receives failures of handlers that had already answered, and of those that run
  ///   out of memory
  explicit request_chain(last_resort otherwise = {}, log_sink log = {})
      : otherwise_(std::move(otherwise)), failures_(std::make_shared<failed_step>(std::move(log))) {}

  /// Sets the executor for handlers that are coroutines; without it they fail.
  void run_coroutines_on(const coroutine_calls::executor& serial, client_environment& in) {
    coroutines_ = std::make_unique<coroutine_calls>(serial, in, failures_);
  }
  /// Answers the requests that coroutines have not answered yet, and cancels the coroutines.
  /// @param why  the reason as text
  void cancel_coroutines(std::string_view why) {
    if (coroutines_) coroutines_->cancel(why);
  }

  handler_id add(request_handler h) { return handlers_.add(std::move(h)); }
  bool remove(handler_id id) { return handlers_.remove(id); }
  void clear() { handlers_.clear(); }

  /// Ensures that the request is answered, now or later.
  /// @par Threads  One at a time.
  void run(responder r) const;

 private:
  bool process(const std::shared_ptr<const request_handler>& h, responder& r) const;

  const last_resort otherwise_;
  const std::shared_ptr<failed_step> failures_;
  std::unique_ptr<coroutine_calls> coroutines_;
  handler_list<request_handler> handlers_;
};

}  // namespace mqcoap
