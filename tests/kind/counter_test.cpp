#include "counter.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <mqcoap/config/loader.hpp>
#include <mqcoap/resource/kinds.hpp>
#include <string>
#include <utility>
#include <vector>

#include "unit/config/support.hpp"
#include "unit/gateway/gateway_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

/// Added before any configuration is read.
const bool is_added = (add_resource_kind(counter_kind()), true);

bool says(const std::string& answer, const std::string& message) {
  return answer.find(message) != std::string::npos;
}

gateway_options one_counter(const counter_options& counter, const char* description = "") {
  gateway_options options{80, default_namespace(), {}, {}, {}, {}};
  options.devices.push_back(
      {*device_tag::parse("GW_1"), description, {}, {{"count", {}, {}, counter}, {"more", {}, {}, counter}}});
  return options;
}

struct counter_fixture {
  manual_clock time;
  hand_alarm wake;
  memory_broker broker;
  memory_link lab{broker, "lab"};
  desk caller{broker};
  timer_queue bus{time};
  std::unique_ptr<gateway> tested;

  void start(gateway_options options) {
    tested = std::make_unique<gateway>(std::move(options), std::vector<mqcoap::link*>{&lab}, time, wake);
    tested->start();
    broker.run();
  }
  void ask(const std::string& verb = "GET", const std::string& path = "count") {
    caller.send({.verb = verb, .path = path});
    broker.run();
  }
  void pass(std::chrono::milliseconds while_) {
    time.advance(while_);
    bus.expire(time.now());
    if (tested) tested->on_alarm();
    broker.run();
  }
};

}  // namespace

TEST_CASE_FIXTURE(counter_fixture, "a custom kind answers later, driven by the gateway's alarm") {
  start(one_counter({.start = 6}));
  ask();
  CHECK(wake.when() == time.now() + 50ms);
  pass(49ms);
  CHECK(caller.answers.empty());
  pass(1ms);
  REQUIRE(caller.answers.size() == 1);
  CHECK(says(caller.answers.back(), R"("body":7,)"));
  CHECK(tested->in_flight() == 0);
}

TEST_CASE_FIXTURE(counter_fixture, "discovery lists the kind") {
  start(one_counter({}));
  ask("GET", ".well-known/core");
  REQUIRE(caller.answers.size() == 1);
  CHECK(says(caller.answers.back(), R"({"path":"count","methods":["GET","POST"],"type":"counter"})"));
}

TEST_CASE_FIXTURE(counter_fixture, "an answer that takes too long is 504, and the reading is cancelled") {
  auto options = one_counter({.bus = &bus});
  options.limits.handler_timeout = 20ms;
  start(std::move(options));
  ask();
  CHECK(bus.next_deadline() == time.now() + 50ms);
  pass(20ms);
  REQUIRE(caller.answers.size() == 1);
  CHECK(says(caller.answers.back(), ":504"));
  CHECK(says(caller.answers.back(), "GW_1/axuv/count did not answer within 20ms"));
  CHECK(bus.next_deadline() == steady_time::max());
}

TEST_CASE_FIXTURE(counter_fixture, "a reading that cannot be cancelled has no effect after its call ended") {
  auto options = one_counter({.bus = &bus, .can_stop = false});
  options.limits.handler_timeout = 20ms;
  start(std::move(options));
  ask();
  pass(20ms);
  pass(30ms);
  CHECK(bus.next_deadline() == steady_time::max());
  CHECK(caller.answers.size() == 1);
}

TEST_CASE_FIXTURE(counter_fixture,
                  "a stop waits for a reading, and cancels it when the time limit is reached") {
  start(one_counter({.bus = &bus}));
  ask();
  bool drained = false;
  tested->drain([&drained] { drained = true; });
  SUBCASE("it completes") {
    CHECK_FALSE(drained);
    pass(50ms);
    CHECK(drained);
    REQUIRE(caller.answers.size() == 1);
    CHECK(says(caller.answers.back(), R"("body":1,)"));
  }
  SUBCASE("it is cancelled") {
    tested->abandon();
    broker.run();
    CHECK(drained);
    CHECK(bus.next_deadline() == steady_time::max());
    REQUIRE(caller.answers.size() == 1);
    CHECK(says(caller.answers.back(), ":504"));
    CHECK(says(caller.answers.back(), "the gateway is stopping"));
  }
}

TEST_CASE_FIXTURE(counter_fixture, "a reading may complete after the gateway was destroyed") {
  start(one_counter({.bus = &bus, .can_stop = false}));
  ask();
  tested.reset();
  broker.run();
  CHECK(caller.answers.size() == 1);
  CHECK(bus.next_deadline() == time.now() + 50ms);
  pass(50ms);
  CHECK(bus.next_deadline() == steady_time::max());
  CHECK(caller.answers.size() == 1);
}

TEST_CASE_FIXTURE(counter_fixture, "a handler that throws causes a 500, and the gateway continues") {
  start(one_counter({}));
  ask("POST");
  REQUIRE(caller.answers.size() == 1);
  CHECK(says(caller.answers.back(), ":500"));
  ask();
  pass(50ms);
  REQUIRE(caller.answers.size() == 2);
  CHECK(says(caller.answers.back(), R"("body":1,)"));
}

TEST_CASE_FIXTURE(counter_fixture, "a call outlives the device that accepted it") {
  start(one_counter({.start = 6, .bus = &bus}));
  ask();
  ask("GET", "more");
  SUBCASE("the device is another one after a reload") {
    tested->reconfigure(one_counter({.start = 6, .bus = &bus}, "another"), {&lab});
  }
  SUBCASE("the device is gone after a reload") {
    tested->reconfigure({80, default_namespace(), {}, {}, {}, {}}, {&lab});
  }
  pass(0ms);
  CHECK(caller.answers.empty());
  pass(50ms);
  REQUIRE(caller.answers.size() == 2);
  for (const auto& answer : caller.answers) CHECK_MESSAGE(says(answer, R"("body":7,)"), answer);
  CHECK(tested->in_flight() == 0);
}

TEST_CASE("the kind is part of the configuration and of its documentation") {
  const temporary_folder folder;
  const auto load = [&folder](const std::string& resource) {
    return config::load_settings(folder.write(
        "mqcoap.yaml", "version: 1\ndevices: {GW_1: {resources: {shots: {" + resource + "}}}}\n"));
  };
  const auto loaded = load("counter: 7, unit: shots");
  REQUIRE(loaded.value.has_value());
  const auto& made = loaded.value->gateway.devices.front().resources.front();
  REQUIRE(made.kind.get_if<counter_options>() != nullptr);
  CHECK(made.kind == kind_options(counter_options{7}));
  CHECK(made.kind != kind_options(counter_options{8}));

  const auto fault_of = [&load](const std::string& resource) {
    const auto refused = load(resource);
    REQUIRE(refused.diagnostics.size() == 1);
    return refused.diagnostics.front();
  };
  CHECK(fault_of("counter: -1").message == "expected a whole number from 0 to 1000, found the number -1");
  CHECK(fault_of("counter: 1, value: 2").message ==
        "'counter' and 'value' together: a resource is of one kind");
  CHECK(fault_of("counter: 1, methods: [GET]").hint == "only with value, reply, exec, process and http");
  CHECK(fault_of("unit: V").hint ==
        "one of value, collection, action, reply, signal, proxy, file, exec, process, line, topic, http, "
        "counter");
  CHECK(config::settings_reference().find("| `counter` | a whole number from 0 to 1000 | another kind |") !=
        std::string::npos);
  CHECK(config::settings_schema().find(R"("counter": {)") != std::string::npos);
}
