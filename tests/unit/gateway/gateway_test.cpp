#include <doctest/doctest.h>

#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <string>
#include <vector>

#include "../transport/log_catcher.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

struct no_alarm final : alarm {
  void wake_at(steady_time) override {}
};

/// A caller on the gateway's broker.
struct desk final : link_events {
  memory_link at;
  std::vector<std::string> answers;

  explicit desk(memory_broker& broker) : at(broker, "desk") {
    at.subscribe("+/+/response/GW_1/+", {});
    at.start(*this);
  }
  void on_link_up(mqcoap::link&) noexcept override {}
  void on_link_down(mqcoap::link&, std::string_view) noexcept override {}
  void on_message(mqcoap::link&, const inbound& m) noexcept override { answers.emplace_back(m.payload); }
};

gateway_options two_devices() {
  gateway_options options{80, default_namespace(), {}, {}, {}, {}};
  reply_options large;
  large.body = json_text::from_string(std::string(6000, 'x'));
  options.devices.push_back({*device_tag::parse("GW_1"), {}, {}, {{"large", {}, {}, large}}});
  options.devices.push_back({*device_tag::parse("GW_2"), {}, {}, {}});
  options.proxy.forward = *device_tag::parse("GW_1");
  options.proxy.routes.emplace_back().timeout = 1s;
  return options;
}

struct fixture {
  manual_clock time;
  no_alarm wake;
  memory_broker broker;
  memory_link lab{broker, "lab"};
  desk caller{broker};
  int ready = 0;
  std::vector<request_record> records;
  std::vector<std::string> errors;
  gateway tested{two_devices(), {&lab}, time, wake, hooks()};
  request_id_generator ids;

  gateway_hooks hooks() {
    gateway_hooks made;
    made.ready = [this] { ++ready; };
    made.log = [this](const request_record& r) { records.push_back(r); };
    made.notice = [this](log_level level, std::string_view words) {
      if (level == log_level::error) errors.emplace_back(words);
    };
    return made;
  }
  void start() {
    tested.start();
    broker.run();
  }
  void reconnect() {
    broker.go_down();
    broker.come_up();
    broker.run();
  }
  void get_of(const std::string& device) { ask("GET", "GW_1", "proxy", device + "/axuv/gains"); }
  void ask(const std::string& verb, const std::string& tag, const std::string& subsystem,
           const std::string& path, const std::string& body = "null") {
    const std::string id(ids.next().text());
    caller.at.publish("gf_int_v1/" + subsystem + "/request/" + tag + '/' + id,
                      R"({"header":{"method":")" + verb + R"(","path":")" + path + R"(","request_id":")" +
                          id + R"("},"body":)" + body + R"(,"timestamp":"1"})",
                      steady_time::max());
    broker.run();
  }
};

}  // namespace

TEST_CASE_FIXTURE(fixture,
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

TEST_CASE_FIXTURE(fixture,
                  "devices whose answers were never confirmed make room when nobody waits for them") {
  start();
  broker.ignore("gf_int_v1/+/response/D_");
  constexpr int places = 4096;
  for (int i = 0; i < places; ++i) {
    get_of("D_" + std::to_string(i));
    if (i % 1000 != 999) continue;  // no more at once than the gateway takes
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

TEST_CASE_FIXTURE(fixture,
                  "what proves too large only when it leaves the queue is answered with words, too") {
  start();
  broker.limit_payload(5000, memory_broker::refusal::later);
  ask("GET", "GW_1", "axuv", "large");
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers[0].find("\"response_code\":500") != std::string::npos);
  CHECK(caller.answers[0].find("the answer has ") != std::string::npos);
  // Under the limit as it came, over it with what the gateway adds.
  const std::string body = '"' + std::string(4850, 'x') + '"';
  ask("PUT", "GW_1", "proxy", "D_1/axuv/gains", body);
  REQUIRE(caller.answers.size() == 2);
  CHECK(caller.answers[1].find("\"response_code\":413") != std::string::npos);
  CHECK(tested.in_flight() == 0);
}

TEST_CASE_FIXTURE(fixture, "once it stops it asks for requests no more, after a reconnect neither") {
  start();
  bool done = false;
  tested.drain([&] { done = true; });
  reconnect();
  CHECK(done);
  CHECK(ready == 1);
  CHECK(lab.filters().empty());
}

TEST_CASE_FIXTURE(fixture, "what it answers is recorded where its owner wants it") {
  const test::log_catcher at_debug;
  start();
  ask("GET", "GW_1", "axuv", "large");
  REQUIRE(records.size() == 1);
  CHECK(records.front().path == "large");
  CHECK(records.front().code == 205);
}

TEST_CASE_FIXTURE(fixture,
                  "somebody else's answer for a tag that is served is told, its own answers are not") {
  start();
  for (int i = 0; i < 10; ++i) ask("GET", "GW_1", "any", "large");
  CHECK(tested.rivals().empty());
  CHECK(errors.empty());
  const std::string id(ids.next().text());
  const std::string answer = R"({"header":{"response_code":205,"path":"large","request_id":")" + id +
                             R"("},"body":1,"timestamp":"1"})";
  caller.at.publish("gf_int_v1/any/response/ELSE_1/" + id, answer, steady_time::max());
  broker.run();
  CHECK(tested.rivals().empty());
  for (int i = 0; i < 10; ++i) {
    caller.at.publish("gf_int_v1/any/response/GW_2/" + id, answer, steady_time::max());
    broker.run();
  }
  CHECK(tested.rivals().tags() == std::vector<std::string>{"GW_2"});
  CHECK(errors.size() == 1);
  time.advance(5min);
  tested.on_alarm();
  CHECK(tested.rivals().empty());
  // A route leads back here: its own answers come back as well, to its own requests and to those of others.
  get_of("GW_2");
  ask("GET", "GW_2", "any", "large");
  CHECK(tested.rivals().empty());
  CHECK(errors.size() == 1);
}
