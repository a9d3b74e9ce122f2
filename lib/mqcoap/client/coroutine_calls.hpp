#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>
#include <mqcoap/client/client_environment.hpp>
#include <mqcoap/client/handler_chain.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/serve/failed_step.hpp>
#include <string_view>
#include <vector>

namespace mqcoap {

class coroutine_call;

/// The requests that coroutines answer: starts the coroutines, answers with what they return or throw, and
/// cancels those that exceed their time limit.
/// @par Threads  One at a time, on `serial`.
class coroutine_calls {
 public:
  using executor = boost::asio::any_io_executor;

  /// @param failures  answers for coroutines that throw
  coroutine_calls(executor serial, client_environment& in, std::shared_ptr<failed_step> failures);

  /// Takes the request. If it throws, the request is still in `r`.
  void begin(const std::shared_ptr<const request_handler>& h, responder& r);
  /// Answers all unanswered requests with 504 and cancels their coroutines.
  /// @param why  the reason as text
  void cancel(std::string_view why);

 private:
  const executor serial_;
  client_environment& in_;
  const std::shared_ptr<failed_step> failures_;
  std::vector<std::weak_ptr<coroutine_call>> running_;  ///< some may have ended
  std::size_t tidy_at_ = 16;                            ///< the size at which ended ones are erased
};

}  // namespace mqcoap
