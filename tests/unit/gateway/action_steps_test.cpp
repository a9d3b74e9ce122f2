#include <doctest/doctest.h>

#include <mqcoap/resource/action/action.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "settling_gateway.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

action_options asks(const std::string& to) {
  action_options action;
  action.request = action_request{make_address(to)};
  return action;
}

bool has(const std::string& text, std::string_view message) {
  return text.find(message) != std::string::npos;
}

/// A gateway whose actions send requests and events, a device on the same broker, and a subscriber
/// to the events.
struct action_fixture : settling_gateway, link_events {
  memory_link device{broker, "2D_1"};
  strings requested;  ///< topics of the requests that reached the device
  strings bodies;     ///< payloads of these requests
  strings events;     ///< topics and payloads of events

  virtual ~action_fixture() { tested.reset(); }
  action_fixture() {
    device.subscribe("gf_int_v1/+/request/2D_1/+", {});
    device.subscribe("gf_int_v1/+/event/#", {});
    device.start(*this);
    options.devices.push_back({*device_tag::parse("GW_1"), {}, {*subsystem_name::parse("axuv")}, {}});
    options.devices.push_back({*device_tag::parse("GW_2"), {}, {}, {}});
    value_options status;
    status.initial = *json_text::parse("0");
    status.methods.insert(method::put);
    add("GW_1", "status", status);
    action_options fire = asks("2D_1/axuv/arm");
    fire.when.push_back({"status", *json_text::parse("0")});
    fire.set.push_back({"status", *json_text::parse("1")});
    fire.publish = action_event{resource_path::parse("shot").value(), json_text::from_string("fired")};
    add("GW_1", "fire", fire);
    add("GW_1", "ask", asks("2D_1/axuv/arm"));
    add("GW_1", "here", asks("GW_1/axuv/tell"));
    action_options notify;
    notify.publish = fire.publish;
    add("GW_1", "tell", notify);
    action_options put = asks("GW_1/axuv/status");
    put.request->verb = method::put;
    put.request->body = *json_text::parse("7");
    add("GW_2", "put", put);
    add("GW_2", "none", asks("GW_1/axuv/none"));
    add("GW_1", "loop", asks("GW_2/axuv/loop"));
    add("GW_2", "loop", asks("GW_1/axuv/loop"));
    add("GW_2", "through", asks("GW_1/axuv/ask"));
  }
  void add(std::string_view tag, std::string path, kind_options kind) {
    for (auto& each : options.devices)
      if (each.tag.text() == tag) each.resources.push_back({std::move(path), {}, {}, std::move(kind)});
  }
  std::string post(const std::string& tag, const std::string& path, const std::string& more = "") {
    auto topic = caller.send({.verb = "POST", .tag = tag, .path = path, .body = "null", .options = more});
    settle();
    return topic;
  }
  /// Sends a request again.
  void repeat(const std::string& topic, const std::string& path) {
    caller.publish(topic, R"({"header":{"method":"POST","path":")" + path + R"(","request_id":")" +
                              topic.substr(topic.rfind('/') + 1) + R"("},"body":null,"timestamp":"1"})");
    settle();
  }
  /// Answers the last request that reached the device.
  void reply(const std::string& code, const std::string& body = "null") {
    REQUIRE_FALSE(requested.empty());
    std::string topic = requested.back();
    topic.replace(topic.find("/request/"), 9, "/response/");
    device.publish(topic,
                   R"({"header":{"response_code":)" + code + R"(,"path":"arm","request_id":")" +
                       topic.substr(topic.rfind('/') + 1) + R"("},"body":)" + body + R"(,"timestamp":"1"})",
                   steady_time::max());
    settle();
  }
  /// Returns the answers of the gateway; the caller also receives those of the device.
  strings answered() const {
    strings own;
    for (const auto& each : caller.answers)
      if (has(each, R"("source":"GW_)")) own.push_back(each);
    return own;
  }
  std::string last() const {
    const auto own = answered();
    REQUIRE_FALSE(own.empty());
    return own.back();
  }
  std::size_t answers() const { return answered().size(); }

  void on_link_up(mqcoap::link&) noexcept override {}
  void on_link_down(mqcoap::link&, const outage_cause&) noexcept override {}
  void on_message(mqcoap::link&, const inbound& m) noexcept override {
    const std::string topic(m.topic);
    if (has(topic, "/event/")) return events.push_back(topic + ' ' + std::string(m.payload));
    requested.push_back(topic);
    bodies.emplace_back(m.payload);
  }
};

}  // namespace

TEST_CASE_FIXTURE(action_fixture, "an action sends a request, then publishes its event, and then answers") {
  start();
  post("GW_1", "fire", R"(,"correlation_id":"16fd2706-8baf-433b-82eb-8c7fada847da")");
  REQUIRE(requested.size() == 1);
  CHECK(has(requested[0], "gf_int_v1/axuv/request/2D_1/"));
  CHECK(has(bodies[0], R"("method":"POST")"));
  CHECK(has(bodies[0], R"("path":"arm")"));
  CHECK(has(bodies[0], R"("correlation_id":"16fd2706-8baf-433b-82eb-8c7fada847da")"));
  CHECK(answers() == 0);
  CHECK(events.empty());
  reply("203");
  REQUIRE(events.size() == 1);
  CHECK(has(events[0], R"(gf_int_v1/axuv/event/GW_1/shot {"body":"fired","timestamp":")"));
  REQUIRE(answers() == 1);
  CHECK(has(last(), R"("response_code":203)"));
  CHECK(has(last(), R"("source":"GW_1")"));
  CHECK(tested->counted()[event::event_published] == 1);
}

TEST_CASE_FIXTURE(action_fixture, "an error of the device becomes the answer, and no event is published") {
  start();
  post("GW_1", "fire");
  reply("404", R"("no such path")");
  CHECK(has(last(), R"("response_code":404)"));
  CHECK(has(last(), "request: 2D_1/axuv/arm: no such path"));
  CHECK(has(last(), R"("source":"GW_1")"));
  CHECK(events.empty());
  post("GW_1", "fire");
  CHECK(has(last(), "when: status is 1, the action needs 0"));  // what was set is not undone
}

TEST_CASE_FIXTURE(action_fixture, "a mute device causes a 504 after the timeout of its route") {
  start();
  post("GW_1", "ask");
  pass(3999ms);
  CHECK(answers() == 0);
  pass(1ms);
  CHECK(has(last(), R"("response_code":504)"));
  CHECK(has(last(), "request: 2D_1/axuv/arm: 2D_1 did not answer within 4s; the POST may have been run"));
  reply("203");
  CHECK(answers() == 1);
}

TEST_CASE_FIXTURE(action_fixture, "the caller's time is that of the request, less the way back") {
  start();
  post("GW_1", "ask", R"(,"timeout_ms":1000)");
  CHECK(has(bodies[0], R"("timeout_ms":810)"));
  pass(810ms);
  CHECK(has(last(), R"("response_code":504)"));
  CHECK(has(last(), "request: "));
  CHECK(tested->in_flight() == 0);
}

TEST_CASE_FIXTURE(action_fixture, "resources of the gateway are asked without the broker") {
  start();
  std::size_t published = 0;
  broker.watch(
      [&](const memory_link& from, std::string_view topic, std::string_view, const publish_options&) {
        if (&from == &lab && topic.find("/request/") != std::string_view::npos) ++published;
      });
  post("GW_2", "put");
  CHECK(has(last(), R"("response_code":203)"));
  caller.send({.verb = "GET", .path = "status"});
  settle();
  CHECK(has(last(), R"("body":7)"));
  post("GW_1", "here");
  CHECK(has(last(), R"("response_code":203)"));
  CHECK(events.size() == 1);
  post("GW_2", "none");
  CHECK(has(last(), R"("response_code":404)"));
  CHECK(has(last(), "request: GW_1/axuv/none: GW_1 has no resource 'none'"));
  CHECK(published == 0);
  CHECK(tested->in_flight() == 0);
}

TEST_CASE_FIXTURE(action_fixture, "actions that ask each other end when no hops are left, however many") {
  start();
  for (const char* hops : {"", R"(,"hops":255)", R"(,"hops":1)"}) {
    CAPTURE(hops);
    post("GW_1", "loop", hops);
    CHECK(has(last(), R"("response_code":502)"));
    CHECK(has(last(), "request: GW_2/axuv/loop: "));
    CHECK(has(last(), "no hops are left for this request: is it going round in a loop?"));
    CHECK(last().size() < 1000);
    CHECK(tested->in_flight() == 0);
  }
  CHECK(answers() == 3);
}

TEST_CASE_FIXTURE(action_fixture, "an action behind an action counts down the hops of the device, too") {
  start();
  post("GW_2", "through", R"(,"hops":3)");
  REQUIRE(bodies.size() == 1);
  CHECK(has(bodies[0], R"("hops":1)"));
  reply("205", "5");
  CHECK(has(last(), R"("response_code":203)"));
  post("GW_2", "through", R"(,"hops":2)");
  CHECK(has(last(), R"("response_code":502)"));
  CHECK(requested.size() == 1);
}

TEST_CASE_FIXTURE(action_fixture, "a repeat joins the run that is under way") {
  start();
  const auto topic = post("GW_1", "ask");
  repeat(topic, "ask");
  CHECK(requested.size() == 1);
  reply("203");
  CHECK(answers() == 1);
  repeat(topic, "ask");
  CHECK(requested.size() == 1);
  CHECK(answers() == 2);
}

TEST_CASE_FIXTURE(action_fixture, "what was not sent to the device may be tried again under the same id") {
  options.limits.in_flight = 1;
  start();
  post("GW_1", "ask");
  const auto topic = post("GW_1", "ask");
  CHECK(has(last(), R"("response_code":503)"));
  CHECK(has(last(), "request: 2D_1/axuv/arm: "));
  reply("203");
  CHECK(answers() == 2);
  repeat(topic, "ask");
  CHECK(requested.size() == 2);
  reply("203");
  CHECK(has(last(), R"("response_code":203)"));
}

TEST_CASE_FIXTURE(action_fixture, "a drain waits for the run, which does all of its steps") {
  start();
  post("GW_1", "fire");
  bool drained = false;
  tested->drain([&drained] { drained = true; });
  settle();
  CHECK_FALSE(drained);
  reply("203");
  CHECK(has(last(), R"("response_code":203)"));
  CHECK(events.size() == 1);
  CHECK(drained);
}

TEST_CASE_FIXTURE(action_fixture, "a stop ends the run: its step is named, and no further one is run") {
  start();
  post("GW_1", "fire");
  post("GW_2", "through");
  tested->abandon();
  settle();
  REQUIRE(answers() == 2);
  for (const auto& answer : answered()) {
    CHECK(has(answer, R"("response_code":50)"));
    CHECK(has(answer, "request: "));
  }
  CHECK(tested->in_flight() == 0);
  reply("203");
  CHECK(events.empty());
  CHECK(answers() == 2);
}

TEST_CASE_FIXTURE(action_fixture, "a run outlives the action that a reload has replaced") {
  start();
  post("GW_1", "fire");
  auto changed = options;
  changed.devices.front().resources.erase(changed.devices.front().resources.begin() + 1);
  tested->reconfigure(changed, {&lab});
  settle();
  reply("203");
  CHECK(has(last(), R"("response_code":203)"));
  CHECK(events.size() == 1);
  post("GW_1", "fire");
  CHECK(has(last(), R"("response_code":404)"));
}

TEST_CASE_FIXTURE(action_fixture, "an event that the broker's connection refuses is the failure of publish") {
  start();
  broker.limit_payload(1000);
  auto changed = options;
  action_options large;
  large.publish =
      action_event{resource_path::parse("shot").value(), json_text::from_string(std::string(2000, 'x'))};
  changed.devices.front().resources.push_back({"large", {}, {}, large});
  tested->reconfigure(changed, {&lab});
  settle();
  post("GW_1", "large");
  CHECK(has(last(), R"("response_code":500)"));
  CHECK(has(last(), "publish: the event was not sent: "));
  CHECK(tested->counted()[event::event_unsent] == 1);
}
