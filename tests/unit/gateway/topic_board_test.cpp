#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <mqcoap/resource/topic/topic.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "settling_gateway.hpp"
#include "support/scarce_memory.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

topic_options reads(std::string topic) {
  topic_options options;
  options.topic = std::move(topic);
  options.front.reading.as = reading_options::form::number;
  return options;
}

struct topics_fixture : settling_gateway, link_events {
  memory_link second{broker, "second"};
  memory_link third{broker, "third"};
  memory_link listener{broker, "listener"};
  texts errors, warnings, retired;
  std::map<std::string, texts> heard;  ///< payloads by topic

  virtual ~topics_fixture() { tested.reset(); }
  topics_fixture() {
    listener.subscribe("gf_int_v1/+/event/#", {});
    listener.subscribe("lab/+/set", {});
    listener.start(*this);
    options.devices.push_back({*device_tag::parse("GW_1"), {}, {*subsystem_name::parse("axuv")}, {}});
  }
  void add(std::string path, topic_options kind, std::optional<event_options> events = {}) {
    options.devices.front().resources.push_back({std::move(path), {}, {}, std::move(kind), events});
  }
  void start() {
    gateway_hooks hooks;
    hooks.notice = [this](log_level level, std::string_view message) {
      (level == log_level::error ? errors : warnings).emplace_back(message);
    };
    hooks.retired = [this](mqcoap::link& l) { retired.push_back(l.name()); };
    settling_gateway::start(std::move(hooks));
  }
  void publish(const std::string& topic, const std::string& payload, bool retain = false) {
    broker.publish(topic, payload, retain);
    settle();
  }
  std::string answer() const {
    const auto& payload = caller.answers.back();
    const auto member = [&](const std::string& name, const char* end) {
      const auto at = payload.find('"' + name + "\":") + name.size() + 3;
      return payload.substr(at, payload.find(end, at) - at);
    };
    return member("response_code", ",").substr(0, 3) + ' ' + member("body", ",\"timestamp\"");
  }
  std::string ask(const desk::outgoing_request& q) {
    caller.answers.clear();
    caller.send(q);
    settle();
    REQUIRE(caller.answers.size() == 1);
    return answer();
  }
  std::string get(const std::string& path) { return ask({.path = path}); }
  void reconfigure(const gateway_options& next, std::vector<mqcoap::link*> links) {
    tested->reconfigure(next, std::move(links));
    settle();
  }
  static bool has(const memory_link& l, const char* filter) {
    return std::count(l.filters().begin(), l.filters().end(), filter) == 1;
  }
  texts& events_of(const std::string& path) { return heard["gf_int_v1/axuv/event/GW_1/" + path]; }

  void on_link_up(mqcoap::link&) noexcept override {}
  void on_link_down(mqcoap::link&, const outage_cause&) noexcept override {}
  void on_message(mqcoap::link&, const inbound& m) noexcept override {
    std::string payload(m.payload);
    if (const auto begin = payload.find("\"body\":"); begin != payload.npos)
      payload = payload.substr(begin + 7, payload.find(",\"timestamp\":") - begin - 7);
    heard[std::string(m.topic)].push_back(std::move(payload));
  }
};

}  // namespace

TEST_CASE_FIXTURE(topics_fixture, "resources read the latest message, retained or not, and share a topic") {
  broker.publish("lab/gauge", "1", true);
  auto scaled = reads("lab/gauge");
  scaled.front.reading.expr = "x * 10";
  add("a", reads("lab/gauge"));
  add("b", scaled);
  add("c", reads("lab/other"));
  start();
  CHECK(get("a") == "205 1");
  CHECK(get("b") == "205 10");
  CHECK(get("c") == R"(503 "c: no message has come yet on 'lab/other'")");
  publish("lab/gauge", "2");
  publish("lab/unread", "3");
  CHECK(get("a") == "205 2");
  CHECK(get("b") == "205 20");
  CHECK(has(lab, "lab/gauge"));
  publish("lab/gauge", "", true);
  CHECK(get("a") == R"(503 "a: the message of 'lab/gauge' was removed")");
}

TEST_CASE_FIXTURE(topics_fixture,
                  "a message that is larger than the limit is ignored, counted and logged once") {
  options.decoding.limits.payload = 1024;
  auto text = reads("lab/gauge");
  text.front.reading.as = reading_options::form::text;
  add("a", text);
  start();
  publish("lab/gauge", "5");
  publish("lab/gauge", std::string(1025, '1'));
  publish("lab/gauge", std::string(1026, '1'));
  CHECK(get("a") == R"(205 "5")");
  CHECK(tested->counted()[event::topic_too_large] == 2);
  CHECK(warnings == texts{"a message of 1025B under lab/gauge is larger than `limits.payload` (1KiB) and was "
                          "ignored; further ones are counted and not logged"});
  publish("lab/gauge", std::string(1024, '1'));
  CHECK(get("a").size() == 4 + 1024 + 2);
}

TEST_CASE_FIXTURE(topics_fixture, "after an outage the message stays and ages") {
  auto gauge = reads("lab/gauge");
  gauge.stale_after = 30s;
  add("a", gauge);
  start();
  publish("lab/gauge", "5", true);
  time.advance(20s);
  broker.go_down();
  settle();
  broker.come_up();
  settle();
  CHECK(get("a") == "205 5");
  time.advance(20s);
  CHECK(get("a").starts_with("503 \"a: the last message on 'lab/gauge' came 40s ago"));
  publish("lab/gauge", "6");
  CHECK(get("a") == "205 6");
}

TEST_CASE_FIXTURE(topics_fixture, "the age of a message includes the time that it was unread") {
  auto gauge = reads("lab/gauge");
  gauge.stale_after = 30s;
  add("a", gauge);
  start();
  time.advance(1min);
  broker.set_waited(25s);
  publish("lab/gauge", "5");
  broker.set_waited(0s);
  CHECK(get("a") == "205 5");
  time.advance(6s);
  CHECK(get("a").starts_with("503 "));
}

TEST_CASE_FIXTURE(topics_fixture, "a denied subscription is reported, and affects no other topic") {
  broker.deny("lab/secret");
  add("a", reads("lab/secret"));
  add("b", reads("lab/gauge"));
  start();
  publish("lab/gauge", "5");
  CHECK(get("a").starts_with("503 \"a: the subscription to 'lab/secret' has failed: "));
  CHECK(get("b") == "205 5");
  REQUIRE(errors.size() == 1);
  CHECK(errors.front().starts_with("no messages will arrive under lab/secret: "));
  broker.allow_all();
  broker.go_down();
  settle();
  broker.come_up();
  settle();
  publish("lab/secret", "6");
  CHECK(get("a") == "205 6");
}

TEST_CASE_FIXTURE(topics_fixture, "a message that changes the value is an event at once") {
  add("a", reads("lab/gauge"), event_options{.on_change = true});
  add("b", reads("lab/gauge"), event_options{.on_change = true});
  start();
  for (const char* payload : {"5", "5", "5.0", "off", "6", "", "6", "7"}) publish("lab/gauge", payload);
  CHECK(events_of("a") == texts{"5", "6", "7"});
  CHECK(events_of("b") == events_of("a"));
}

TEST_CASE_FIXTURE(topics_fixture,
                  "a reload that changes how a message is read is an event, and no other is") {
  add("a", reads("lab/gauge"), event_options{.on_change = true});
  start();
  publish("lab/gauge", "5");
  auto next = options;
  auto scaled = reads("lab/gauge");
  scaled.front.reading.expr = "x * 10";
  next.devices.front().resources.front().kind = scaled;
  reconfigure(next, {&lab});
  CHECK(events_of("a") == texts{"5", "50"});
  next.devices.front().description = "the same, with another text";
  reconfigure(next, {&lab});
  CHECK(events_of("a") == texts{"5", "50"});
}

TEST_CASE_FIXTURE(topics_fixture, "the events of one resource may be the value of another") {
  auto copy = reads("gf_int_v1/axuv/event/GW_1/a");
  copy.front.reading = {.as = reading_options::form::json, .pointer = "/body"};
  add("a", reads("lab/gauge"), event_options{.on_change = true});
  add("copy", copy);
  start();
  publish("lab/gauge", "5");
  CHECK(get("copy") == "205 5");
}

TEST_CASE_FIXTURE(topics_fixture, "requests and responses are never the value of a resource") {
  add("a", reads("gf_int_v1/axuv/request/GW_1/1"));
  add("b", reads("gf_int_v1/axuv/response/GW_1/1"));
  start();
  publish("gf_int_v1/axuv/request/GW_1/1", "5");
  publish("gf_int_v1/axuv/response/GW_1/1", "5");
  CHECK(get("a").starts_with("503 "));
  CHECK(get("b").starts_with("503 "));
}

TEST_CASE_FIXTURE(topics_fixture, "a PUT publishes over the connection, and gets an error if that fails") {
  auto valve = reads("lab/valve");
  valve.set_topic = "lab/valve/set";
  valve.front.methods.insert(method::put);
  add("valve", valve);
  start();
  CHECK(ask({.verb = "PUT", .path = "valve", .body = "\"open\""}) == "204 null");
  CHECK(heard["lab/valve/set"] == texts{"open"});
  CHECK(get("valve").starts_with("503 "));  // its value is what the device publishes, not what was sent to it
  broker.deny_publishing("lab/valve/set");
  CHECK(ask({.verb = "PUT", .path = "valve", .body = "1"}).starts_with("503 "));
  CHECK(ask({.verb = "DELETE", .path = "valve"}).starts_with("405 "));
}

TEST_CASE_FIXTURE(topics_fixture,
                  "a reload keeps the message of a topic that stays, and leaves what is gone") {
  add("a", reads("lab/gauge"));
  add("b", reads("lab/other"));
  start();
  publish("lab/gauge", "5");
  publish("lab/other", "6");
  auto next = options;
  auto& resources = next.devices.front().resources;
  resources.pop_back();
  auto text = reads("lab/gauge");
  text.front.reading.as = reading_options::form::text;
  resources.front() = {"renamed", {}, {}, text};
  reconfigure(next, {&lab});
  CHECK(get("renamed") == R"(205 "5")");
  CHECK(has(lab, "lab/gauge"));
  CHECK_FALSE(has(lab, "lab/other"));
  reconfigure(options, {&lab});
  CHECK(get("a") == "205 5");
  CHECK(get("b").starts_with("503 "));
}

TEST_CASE_FIXTURE(topics_fixture, "a reload that fails leaves the subscriptions as they were") {
  add("a", reads("lab/gauge"));
  start();
  auto next = options;
  next.devices.front().resources.push_back({"b", {}, {}, reads("lab/other")});
  next.devices.front().resources.push_back({"b", {}, {}, value_options{}});
  CHECK_THROWS_AS(tested->reconfigure(next, {&lab}), std::invalid_argument);
  settle();
  CHECK(has(lab, "lab/gauge"));
  CHECK_FALSE(has(lab, "lab/other"));
}

TEST_CASE_FIXTURE(topics_fixture,
                  "another connection to the same broker takes over without losing a message") {
  add("a", reads("lab/gauge"));
  start();
  publish("lab/gauge", "5");
  tested->reconfigure(options, {&second});
  publish("lab/gauge", "6");  // the new connection is not yet established
  CHECK(has(lab, "lab/gauge"));
  second.start(*tested);
  settle();
  CHECK_FALSE(has(lab, "lab/gauge"));
  CHECK(has(second, "lab/gauge"));
  CHECK(get("a") == "205 6");
  // Switches back before the other connection is confirmed.
  broker.ignore("lab/");
  tested->reconfigure(options, {&third});
  reconfigure(options, {&second});
  publish("lab/gauge", "7");
  CHECK(get("a") == "205 7");
  time.advance(10s);
  settle();
  CHECK(retired == texts{"lab", "third"});
  CHECK_FALSE(has(third, "lab/gauge"));
}

/// A second broker, of which the gateway becomes a client by a reload.
struct other_broker_fixture : topics_fixture {
  memory_broker elsewhere;
  memory_link absent{elsewhere, "absent"};
  memory_link there{elsewhere, "there"};
  desk visitor{elsewhere};

  other_broker_fixture() {
    add("a", reads("lab/gauge"));
    start();
    publish("lab/gauge", "5");
  }
  virtual ~other_broker_fixture() { tested.reset(); }
  /// Makes the other broker the default one, and checks that no message of the first one is known there.
  void move_and_read() {
    tested->reconfigure(options, {&there});
    there.start(*tested);
    elsewhere.run();
    settle();
    read_nothing_there();
  }
  void read_nothing_there() {
    visitor.send({.path = "a"});
    elsewhere.run();
    REQUIRE(visitor.answers.size() == 1);
    CHECK(visitor.answers.front().find("no message has come yet") != std::string::npos);
    time.advance(10s);
    settle();
  }
};

TEST_CASE_FIXTURE(other_broker_fixture,
                  "a message of another broker is forgotten when the new one is there") {
  move_and_read();
}

TEST_CASE_FIXTURE(other_broker_fixture,
                  "a message of the old broker is not accepted before the new one has confirmed") {
  elsewhere.ignore("lab/");
  SUBCASE("the new broker is connected already") {
    reconfigure(options, {&lab, &there});
    there.start(*tested);
    elsewhere.run();
    tested->reconfigure(options, {&there, &lab});
  }
  SUBCASE("the new broker is connected later") {
    tested->reconfigure(options, {&there});
    there.start(*tested);
    elsewhere.run();
  }
  publish("lab/gauge", "6");
  read_nothing_there();
}

TEST_CASE_FIXTURE(other_broker_fixture,
                  "a message of a broker that is down when it is replaced is forgotten as well") {
  broker.go_down();
  settle();
  tested->reconfigure(options, {&absent});  // is never connected
  move_and_read();
}

TEST_CASE(
    "if any allocation fails while a topic is read, the request has one answer, and so has the next one") {
  int pieces = 0;
  int refusals = 0;
  int unread = 0;
  do {
    CAPTURE(pieces);
    topics_fixture f;
    f.add("a", reads("lab/gauge"));
    f.start();
    f.publish("lab/gauge", "7");
    const std::string id = f.caller.next_id();
    const auto payload =
        R"({"header":{"method":"GET","path":"a","request_id":")" + id + R"("},"timestamp":"1"})";
    const auto topic = "gf_int_v1/axuv/request/GW_1/" + id;
    f.caller.answers.clear();
    {
      const auto now = scarce_memory::lacking_one(pieces++);
      static_cast<link_events&>(*f.tested).on_message(f.lab, {topic, payload});
    }
    const bool lacked = scarce_memory::refused() > 0;
    f.settle();
    CHECK(f.tested->in_flight() == 0);
    if (f.caller.answers.empty()) {
      ++unread;  // if parsing the topic fails, it is unknown whom to answer
    } else {
      REQUIRE(f.caller.answers.size() == 1);
      const auto said = f.answer();
      CAPTURE(said);
      CHECK((said == "205 7" || (lacked && said.starts_with("503"))));
      refusals += said.starts_with("503") ? 1 : 0;
    }
    CHECK(f.get("a") == "205 7");
  } while (scarce_memory::refused() > 0);
  CHECK(refusals > 3);
  CHECK(unread <= 1);
}

TEST_CASE_FIXTURE(topics_fixture, "a topic whose value is too large for the available memory causes a 503") {
  auto text = reads("lab/gauge");
  text.front.reading.as = reading_options::form::text;
  add("a", text);
  start();
  publish("lab/gauge", std::string(50'000, 'x'));
  const std::string id = caller.next_id();
  const auto payload =
      R"({"header":{"method":"GET","path":"a","request_id":")" + id + R"("},"timestamp":"1"})";
  caller.answers.clear();
  {
    const scarce_memory now(20'000);
    static_cast<link_events&>(*tested).on_message(lab, {"gf_int_v1/axuv/request/GW_1/" + id, payload});
  }
  settle();
  REQUIRE(caller.answers.size() == 1);
  CHECK(answer().starts_with("503"));
  CHECK(get("a").starts_with("205"));
}
