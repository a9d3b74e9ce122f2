#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>

namespace mqcoap::test {

/// Runs an io_context until a condition is met.
class event_loop {
 public:
  boost::asio::io_context& context() noexcept { return context_; }

  /// Returns false if the condition is not met within a limit that is reached only if something is broken.
  template <class Condition>
  bool run_until(Condition condition, std::chrono::seconds limit = std::chrono::seconds(30)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
      if (std::chrono::steady_clock::now() >= end) return false;
      context_.run_one_until(end);
    }
    return true;
  }

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
};

}  // namespace mqcoap::test
