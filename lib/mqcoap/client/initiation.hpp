#pragma once

#include <mqcoap/client/working_handler.hpp>
#include <type_traits>
#include <utility>

namespace mqcoap::detail {

/// Starts an operation of a client once Asio has created the completion handler; provides Asio with the
/// client's executor.
template <class Executor, class Start>
class initiation {
 public:
  using executor_type = Executor;

  initiation(Executor on, Start start) : on_(std::move(on)), start_(std::move(start)) {}

  executor_type get_executor() const noexcept { return on_; }

  template <class Handler, class... Arguments>
  void operator()(Handler&& handler, Arguments&&... arguments) {
    start_(working_handler<std::decay_t<Handler>>(std::forward<Handler>(handler)),
           std::forward<Arguments>(arguments)...);
  }

 private:
  Executor on_;
  Start start_;
};

}  // namespace mqcoap::detail
