#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/client/client_environment.hpp>
#include <mqcoap/client/handler_chain.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/serve/failed_step.hpp>
#include <string_view>

namespace mqcoap {

/// One request that a coroutine answers. Lives as long as the coroutine, and owns the handler and a copy of
/// the call for it: the call itself may be answered before the coroutine ends.
/// @par Threads  One at a time.
class coroutine_call final : public std::enable_shared_from_this<coroutine_call> {
 public:
  using executor = boost::asio::any_io_executor;

  coroutine_call(std::shared_ptr<const request_handler> h, const call& c,
                 std::shared_ptr<failed_step> failures);

  /// Takes the request and starts the coroutine, which may run up to its first suspension. If the time of the
  /// request is over, answers it instead. If this throws, the request is still in `r`.
  void begin(const executor& serial, client_environment& in, responder& r);
  /// Answers on behalf of the coroutine with 504, if it has not answered, and cancels it.
  void give_up(std::string_view why);

 private:
  /// When the coroutine is cancelled.
  struct limit {
    steady_time at = steady_time::max();
    std::chrono::milliseconds most{0};  ///< the whole time that it has until then
    bool over = false;                  ///< the time had passed before the coroutine began
  };

  limit find_limit(steady_time now) const;
  void set_alarm(const executor& serial, client_environment& in, const limit& until);
  void end(std::exception_ptr thrown, answer&& what);
  void stop() noexcept;

  const std::shared_ptr<const request_handler> handler_;
  const std::shared_ptr<failed_step> failures_;
  const call call_;
  responder r_;
  boost::asio::cancellation_signal stop_;
  std::unique_ptr<alarm> deadline_;
};

}  // namespace mqcoap
