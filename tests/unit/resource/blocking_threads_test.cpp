#include <doctest/doctest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <future>
#include <memory>
#include <mqcoap/resource/backend/blocking_threads.hpp>
#include <optional>
#include <thread>

#include "support/run_loop.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;

TEST_CASE("a call runs on another thread, and its result on the loop") {
  boost::asio::io_context loop;
  blocking_threads tested(loop.get_executor());
  std::thread::id called, reported;
  tested.run([&called, &reported]() -> std::function<void()> {
    called = std::this_thread::get_id();
    return [&reported] { reported = std::this_thread::get_id(); };
  });
  mqcoap::test::run_until(loop, [&] { return reported != std::thread::id(); });
  CHECK(reported == std::this_thread::get_id());
  CHECK(called != std::thread::id());
  CHECK(called != reported);
}

TEST_CASE("a blocked call does not delay destruction, and its result is dropped") {
  boost::asio::io_context loop;
  const auto begun = std::make_shared<std::promise<void>>();
  const auto released = std::make_shared<std::promise<void>>();
  std::optional<blocking_threads> tested;
  tested.emplace(loop.get_executor(), 1ms);
  bool reported = false;
  tested->run([begun, released, &reported]() -> std::function<void()> {
    begun->set_value();
    released->get_future().wait();
    return [&reported] { reported = true; };
  });
  begun->get_future().wait();
  tested.reset();  // the call is still blocked
  released->set_value();
  loop.restart();
  loop.run();
  CHECK_FALSE(reported);
}
