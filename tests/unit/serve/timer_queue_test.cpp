#include <doctest/doctest.h>

#include <memory>
#include <mqcoap/serve/timer_queue.hpp>
#include <stdexcept>
#include <string>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

struct timers_fixture {
  manual_clock time;
  int changed = 0;
  std::string called;
  std::unique_ptr<timer_queue> tested = std::make_unique<timer_queue>(time, [this] { ++changed; });

  timer_queue::timer start(std::chrono::milliseconds wait, const char* name) {
    return tested->after(wait, [this, name] { called += name; });
  }
  void pass(std::chrono::milliseconds while_) {
    time.advance(while_);
    tested->expire(time.now());
  }
};

}  // namespace

TEST_CASE_FIXTURE(timers_fixture, "timers are called once, in the order of their deadlines") {
  const auto late = start(20ms, "b"), early = start(10ms, "a");
  CHECK(changed == 2);
  CHECK(tested->next_deadline() == time.now() + 10ms);
  pass(9ms);
  CHECK(called.empty());
  pass(11ms);
  CHECK(called == "ab");
  CHECK(tested->next_deadline() == steady_time::max());
  pass(1s);
  CHECK(called == "ab");
}

TEST_CASE_FIXTURE(timers_fixture, "a later deadline changes nothing for the owner of the queue") {
  const auto early = start(10ms, "a");
  const auto late = start(20ms, "b");
  CHECK(changed == 1);
}

TEST_CASE_FIXTURE(timers_fixture, "a timer that is destroyed or given another call is cancelled") {
  { const auto gone = start(10ms, "a"); }
  CHECK(tested->next_deadline() == steady_time::max());
  auto kept = start(10ms, "b");
  kept = start(20ms, "c");
  const auto moved = std::move(kept);
  pass(20ms);
  CHECK(called == "c");
}

TEST_CASE_FIXTURE(timers_fixture, "what a call starts is left for the next time") {
  timer_queue::timer next;
  const auto first = tested->after(0ms, [&] { next = start(0ms, "b"); });
  pass(0ms);
  CHECK(called.empty());
  CHECK(tested->next_deadline() == time.now());
  pass(0ms);
  CHECK(called == "b");
}

TEST_CASE_FIXTURE(timers_fixture, "a call that throws leaves the rest for the next time") {
  const auto bad = tested->after(1ms, [] { throw std::runtime_error("no"); });
  const auto good = start(1ms, "a");
  CHECK_THROWS(pass(1ms));
  CHECK(called.empty());
  pass(0ms);
  CHECK(called == "a");
}

TEST_CASE_FIXTURE(timers_fixture, "a timer may outlive its queue") {
  auto left = start(10ms, "a");
  tested.reset();
  left.cancel();
  CHECK(called.empty());
}
