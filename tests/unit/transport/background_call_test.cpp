#include <doctest/doctest.h>

#include <mqcoap/net/background_call.hpp>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>

#include "event_loop.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

/// Stands in for a thread that cannot be created for lack of memory.
struct no_thread {
  template <class Call>
  explicit no_thread(const Call&) {
    throw std::bad_alloc();
  }
  void detach() {}
};

/// Runs the call immediately, so that exceptions from the thread reach the test.
struct at_once {
  template <class Call>
  explicit at_once(const Call& call) {
    call();
  }
  void detach() {}
};

int text_fails = 0;  // how many more calls fail

std::string in_text(std::string why) {
  if (text_fails == 0) return why;
  --text_fails;
  throw std::bad_alloc();
}

template <class Thread>
struct call_fixture {
  event_loop loop;
  background_call<std::string, Thread> call{loop.context().get_executor(), in_text};
  std::optional<std::string> answer;

  void begin(typename background_call<std::string, Thread>::work work) {
    call.begin(std::move(work), [this](std::string reported) { answer = std::move(reported); });
  }
  bool answered() {
    return loop.run_until([this] { return answer.has_value(); });
  }
};

std::string succeed() { return "done"; }
std::string fail() { throw std::runtime_error("out of luck"); }
std::string fail_oddly() { throw 7; }

}  // namespace

TEST_CASE_FIXTURE(call_fixture<no_thread>, "without memory for a thread the answer says so, each time") {
  for (int i = 0; i < 2; ++i) {
    answer.reset();
    begin(succeed);
    REQUIRE(answered());
    CHECK(*answer == std::string("no thread to do it: ") + std::bad_alloc().what());
  }
}

TEST_CASE_FIXTURE(call_fixture<no_thread>, "without memory even to say so, the next call begins afresh") {
  text_fails = 1;
  begin(succeed);
  loop.context().poll();
  CHECK_FALSE(answer);
  begin(succeed);
  REQUIRE(answered());
}

TEST_CASE_FIXTURE(call_fixture<at_once>,
                  "nothing that is thrown leaves the thread, and the next call begins") {
  SUBCASE("by the call") {
    begin(fail_oddly);
    REQUIRE(answered());
    CHECK(*answer == "it failed");
    answer.reset();
  }
  SUBCASE("by the words for it") {
    text_fails = 1;
    begin(fail);
    loop.context().poll();
    CHECK_FALSE(answer);
  }
  begin(succeed);
  REQUIRE(answered());
  CHECK(*answer == "done");
}
