#include <doctest/doctest.h>

#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <string>

#include "../transport/log_catcher.hpp"
#include "gateway_fixture.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;
TEST_CASE_FIXTURE(test::gateway_fixture,
                  "it is ready when the broker has confirmed all of its subscriptions, on every connection") {
  start();
  CHECK(ready == 1);
  reconnect();
  CHECK(ready == 2);
  broker.ignore("gf_int_v1/+/request/GW_2");
  reconnect();
  CHECK(lab.up());
  CHECK(ready == 2);
  broker.allow_all();
  broker.deny("gf_int_v1/+/request/GW_1");
  reconnect();
  CHECK(ready == 2);
  broker.allow_all();
  reconnect();
  CHECK(ready == 3);
}

TEST_CASE_FIXTURE(test::gateway_fixture,
                  "devices whose answers were never confirmed make room when nobody waits for them") {
  start();
  broker.ignore("gf_int_v1/+/response/D_");
  constexpr int places = 4096;
  for (int i = 0; i < places; ++i) {
    get_of("D_" + std::to_string(i));
    if (i % 1000 != 999) continue;  // no more than the gateway accepts at a time
    time.advance(1s);
    tested.on_alarm();
    broker.run();
  }
  time.advance(1s);
  tested.on_alarm();
  broker.run();
  CHECK(tested.in_flight() == 0);
  CHECK(caller.answers.size() == places);
  caller.answers.clear();
  get_of("D_new");
  CHECK(caller.answers.empty());
  CHECK(tested.in_flight() == 1);
}

TEST_CASE_FIXTURE(test::gateway_fixture,
                  "what proves too large only when it leaves the queue is answered with words, too") {
  start();
  broker.limit_payload(5000, memory_broker::refusal::later);
  ask("GET", "GW_1", "axuv", "large");
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers[0].find("\"response_code\":500") != std::string::npos);
  CHECK(caller.answers[0].find("the answer has ") != std::string::npos);
  // The answer is under the limit as received, and over it with the members that the gateway adds.
  const std::string body = '"' + std::string(4850, 'x') + '"';
  ask("PUT", "GW_1", "proxy", "D_1/axuv/gains", body);
  REQUIRE(caller.answers.size() == 2);
  CHECK(caller.answers[1].find("\"response_code\":413") != std::string::npos);
  CHECK(tested.in_flight() == 0);
}

TEST_CASE_FIXTURE(test::gateway_fixture,
                  "once it stops it asks for requests no more, after a reconnect neither") {
  start();
  bool done = false;
  tested.drain([&] { done = true; });
  reconnect();
  CHECK(done);
  CHECK(ready == 1);
  CHECK(lab.filters().empty());
}

TEST_CASE_FIXTURE(test::gateway_fixture, "what it answers is recorded where its owner wants it") {
  const test::log_catcher at_debug;
  start();
  ask("GET", "GW_1", "axuv", "large");
  REQUIRE(records.size() == 1);
  CHECK(records.front().path == "large");
  CHECK(records.front().code == 205);
}

TEST_CASE_FIXTURE(
    test::gateway_fixture,
    "an answer of another program for a served tag is reported, the gateway's own answers are not") {
  start();
  for (int i = 0; i < 10; ++i) ask("GET", "GW_1", "any", "large");
  CHECK(tested.rivals().empty());
  CHECK(errors.empty());
  const std::string id = caller.next_id();
  const std::string answer = R"({"header":{"response_code":205,"path":"large","request_id":")" + id +
                             R"("},"body":1,"timestamp":"1"})";
  caller.publish("gf_int_v1/any/response/ELSE_1/" + id, answer);
  broker.run();
  CHECK(tested.rivals().empty());
  for (int i = 0; i < 10; ++i) {
    caller.publish("gf_int_v1/any/response/GW_2/" + id, answer);
    broker.run();
  }
  CHECK(tested.rivals().tags() == std::vector<std::string>{"GW_2"});
  CHECK(errors.size() == 1);
  time.advance(5min);
  tested.on_alarm();
  CHECK(tested.rivals().empty());
  // A route leads back here: the gateway's own answers return as well, both to its own requests and to
  // those of others.
  get_of("GW_2");
  ask("GET", "GW_2", "any", "large");
  CHECK(tested.rivals().empty());
  CHECK(errors.size() == 1);
}

TEST_CASE_FIXTURE(test::gateway_fixture,
                  "requests that were refused leave the run-once window to those that run") {
  start();
  constexpr std::size_t places = duplicate_filter_options{}.entries;
  std::size_t answered = 0;
  for (std::size_t i = 0; i < places; ++i) {
    ask("POST", "GW_1", "axuv", i % 2 == 0 ? "nowhere" : "large");
    answered += caller.answers.size();
    caller.answers.clear();
  }
  CHECK(answered == places);
  CHECK(tested.run_once_usage().entries == 0);
  ask("POST", "GW_1", "axuv", "fire");
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers[0].find("\"response_code\":203") != std::string::npos);
  CHECK(tested.run_once_usage().entries == 1);
}

TEST_CASE_FIXTURE(test::gateway_fixture,
                  "requests whose window is over are forgotten by an alarm, without a further write") {
  start();
  ask("POST", "GW_1", "axuv", "fire");
  CHECK(tested.run_once_usage().entries == 1);
  CHECK(wake.when() == time.now() + 300s);
  time.advance(300s);
  CHECK(wake.rings(time.now()));
  tested.on_alarm();
  CHECK(wake.when() == steady_time::max());  // nothing is pending, so no alarm is set
  CHECK(tested.run_once_usage().entries == 0);
}

TEST_CASE_FIXTURE(test::gateway_fixture,
                  "two mute devices with the default queue leave room for everybody else") {
  start();
  for (int i = 0; i < 1100; ++i)
    for (const std::string mute : {"D_1", "D_2"}) get_of(mute);
  caller.answers.clear();
  get_of("D_3");
  CHECK(caller.answers.empty());  // the device has not answered yet
  ask("GET", "GW_1", "axuv", "large");
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers[0].find("\"response_code\":205") != std::string::npos);
  CHECK(tested.whole_load().in_flight == 3);
}

TEST_CASE("bridged brokers are logged once, with the route, and visible in the status, even after a reload") {
  const test::log_catcher log;
  manual_clock time;
  test::hand_alarm wake;
  memory_broker a, b;
  memory_link to_a{a, "a"}, to_b{b, "b"};
  a.bridge(b, "gf_int_v1/");
  b.bridge(a, "gf_int_v1/");
  gateway_options options{80, default_namespace(), {}, {}, {}, {}};
  auto& route = options.proxy.routes.emplace_back();
  route.name = "there";
  route.match.tags = {"D_1"};
  route.serve = true;
  route.in_flight = 8;
  route.to.broker = "b";
  gateway tested{options, {&to_a, &to_b}, time, wake};
  test::desk caller{a};
  tested.start();
  const auto run = [&] {
    while (a.run() + b.run() > 0) continue;
  };
  run();
  const auto ask = [&] {
    caller.send({.verb = "POST", .tag = "D_1", .path = "fire"});
    run();
  };
  for (int i = 0; i < 3; ++i) ask();
  CHECK(log.count("error: brokers b and a are bridged, or are one: a request for D_1") == 1);
  CHECK(log.count("route there must not serve them") == 1);
  CHECK(tested.counted()[event::request_returned] == 3);
  CHECK(tested.counted()[event::forwarded] == 3);
  REQUIRE(tested.returned().size() == 1);
  const auto& seen = tested.returned().front();
  CHECK_FALSE(seen.loop);
  CHECK(seen.sent_to == "b");
  CHECK(seen.came_from == "a");
  CHECK(seen.route == "there");
  CHECK(seen.count == 3);
  CHECK(tested.in_flight() == 3);  // the device may still answer
  tested.reconfigure(options, {&to_a, &to_b});
  run();
  ask();
  CHECK(log.count("are bridged, or are one") == 1);
  REQUIRE(tested.returned().size() == 1);
  CHECK(tested.returned().front().count == 4);
  SUBCASE("until the route is gone") { options.proxy.routes.front().name = "elsewhere"; }
  SUBCASE("until a broker is gone") { options.proxy.routes.front().to.broker = "a"; }
  const bool renamed = options.proxy.routes.front().name == "elsewhere";
  tested.reconfigure(options,
                     renamed ? std::vector<mqcoap::link*>{&to_a, &to_b} : std::vector<mqcoap::link*>{&to_a});
  CHECK(tested.returned().empty());
}

TEST_CASE_FIXTURE(test::gateway_fixture,
                  "a source that is the gateway's own client id is reported once for each route") {
  const test::log_catcher log;
  start();
  for (int i = 0; i < 2; ++i) {
    caller.send({.options = R"(,"source":")" + lab.client_id() + '"'});
    broker.run();
  }
  REQUIRE(caller.answers.size() == 2);
  for (const auto& answered : caller.answers)
    CHECK(answered.find("\"response_code\":502") != std::string::npos);
  CHECK(log.count("error: a request for GW_1 came from broker lab with the gateway's own client id, " +
                  lab.client_id() + ", as its source: a route leads round in a loop, or another program") ==
        1);
  REQUIRE(tested.returned().size() == 1);
  CHECK(tested.returned().front().loop);
  CHECK(tested.returned().front().count == 2);
}
