#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <stdexcept>

namespace mqcoap::test {

/// A limit that is reached only if something is broken: a machine may be busy.
inline constexpr std::chrono::seconds longest_wait{60};

/// Runs a loop until a condition holds that its handlers change.
/// @throws std::runtime_error  after `longest_wait`, which names the test that hangs
template <class Condition>
void run_until(boost::asio::io_context& loop, Condition&& holds) {
  loop.restart();
  const auto work = boost::asio::make_work_guard(loop);
  const auto end = std::chrono::steady_clock::now() + longest_wait;
  while (!holds())
    if (loop.run_one_until(end) == 0) throw std::runtime_error("the condition was not met in time");
}

/// Runs a loop until a condition holds that something else than its handlers may change, such as a program.
/// @throws std::runtime_error  after `longest_wait`
template <class Condition>
void poll_until(boost::asio::io_context& loop, Condition&& holds) {
  const auto end = std::chrono::steady_clock::now() + longest_wait;
  for (;;) {
    loop.restart();
    loop.poll();
    if (holds()) return;
    if (std::chrono::steady_clock::now() >= end)
      throw std::runtime_error("the condition was not met in time");
  }
}

}  // namespace mqcoap::test
