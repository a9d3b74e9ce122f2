#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

#include "gateway_fixture.hpp"
#include "settling_gateway.hpp"
#include "support/slow_store.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

/// A gateway whose writes wait for a store that the test delays.
struct late_handler_fixture : settling_gateway {
  slow_store store;

  late_handler_fixture() {
    options = two_devices();
    for (auto& each : options.devices.front().resources)
      if (const auto* const value = each.kind.get_if<value_options>()) {
        auto lasting = *value;
        lasting.persist = true;
        each.kind = std::move(lasting);
      }
    gateway_hooks hooks;
    hooks.store = &store;
    start(std::move(hooks));
  }
  ~late_handler_fixture() { tested.reset(); }

  void put(const std::string& more = "") {
    caller.send({.verb = "PUT", .body = "7", .options = more});
    settle();
  }
};

bool says(const std::string& answer, const char* message) {
  return answer.find(message) != std::string::npos;
}

}  // namespace

TEST_CASE_FIXTURE(late_handler_fixture,
                  "a resource that does not answer in time is 504, and its late answer goes nowhere") {
  put();
  REQUIRE(store.under_way.size() == 1);
  CHECK(wake.when() == time.now() + 10s);
  pass(9999ms);
  CHECK(caller.answers.empty());
  pass(1ms);
  REQUIRE(caller.answers.size() == 1);
  CHECK(says(caller.answers.back(), ":504"));
  CHECK(says(caller.answers.back(), "GW_1/axuv/store did not answer within 10s; the PUT may have been run"));
  CHECK(tested->in_flight() == 0);
  CHECK(tested->counted()[event::handler_late] == 1);
  store.end_one();
  broker.run();
  CHECK(caller.answers.size() == 1);
}

TEST_CASE_FIXTURE(late_handler_fixture, "the caller's own timeout is shorter") {
  put(R"(,"timeout_ms":500)");
  pass(500ms);
  REQUIRE(caller.answers.size() == 1);
  CHECK(says(caller.answers.back(), ":504"));
}

TEST_CASE_FIXTURE(late_handler_fixture, "a write that times out before its turn is not run") {
  put();
  put();
  REQUIRE(store.under_way.size() == 1);
  pass(10s);
  CHECK(caller.answers.size() == 2);
  store.end_one();
  CHECK(store.under_way.empty());
  put();
  CHECK(store.under_way.size() == 1);
}

TEST_CASE_FIXTURE(late_handler_fixture, "a stop answers what a resource has, once") {
  put();
  bool stopped = false;
  tested->drain([&stopped] { stopped = true; });
  CHECK_FALSE(stopped);
  tested->abandon();
  broker.run();
  CHECK(stopped);
  REQUIRE(caller.answers.size() == 1);
  CHECK(says(caller.answers.back(), ":504"));
  CHECK(says(caller.answers.back(), "whether this was stored is unknown"));
  store.end_one();
  broker.run();
  CHECK(caller.answers.size() == 1);
}

TEST_CASE_FIXTURE(late_handler_fixture, "a call that was answered in time is not affected by its deadline") {
  put();
  store.end_one();
  broker.run();
  REQUIRE(caller.answers.size() == 1);
  CHECK(says(caller.answers.back(), ":204"));
  pass(11s);
  CHECK(caller.answers.size() == 1);
}
