#include <doctest/doctest.h>

#include <map>
#include <mqcoap/gateway/event_decision.hpp>
#include <mqcoap/resource/collection/collection.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <string>
#include <vector>

#include "settling_gateway.hpp"
#include "support/slow_store.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

/// A sensor that the test sets: it answers immediately, late, or with an error.
struct sensor {
  std::string reading = "1";
  bool is_slow = false;
  std::vector<responder> waiting{};
};

struct sensor_handler final : handler {
  explicit sensor_handler(sensor& of) : s(of) {}
  void handle(responder&& r) override {
    if (s.is_slow) return s.waiting.push_back(std::move(r));
    if (s.reading.empty()) return std::move(r).fail(response_code::service_unavailable, "off");
    answer a;
    a.body = *json_text::parse(s.reading);
    std::move(r).respond(std::move(a));
  }
  sensor& s;
};

struct sensor_options {
  static constexpr std::string_view kind_name = "sensor";
  sensor* of = nullptr;

  method_set offered() const { return {method::get}; }
  void make(resource_site& at) const { at.serve(at.path(), std::make_shared<sensor_handler>(*of)); }
  friend bool operator==(const sensor_options&, const sensor_options&) = default;
};

std::string body_of(std::string_view event) {
  const auto begin = event.find("\"body\":") + 7;
  return std::string(event.substr(begin, event.find(",\"timestamp\":") - begin));
}

/// A client that subscribes later and receives retained messages.
struct late_listener final : link_events {
  memory_link at;
  std::string got = "none";

  late_listener(memory_broker& broker, const std::string& topic) : at(broker, "late") {
    at.subscribe(topic, {});
    at.start(*this);
    broker.run();
  }
  void on_link_up(mqcoap::link&) noexcept override {}
  void on_link_down(mqcoap::link&, const outage_cause&) noexcept override {}
  void on_message(mqcoap::link&, const inbound& m) noexcept override { got = body_of(m.payload); }
};

struct events_fixture : settling_gateway, link_events {
  memory_link listener{broker, "listener"};
  sensor first, second;
  std::map<std::string, std::vector<std::string>> heard;  ///< bodies by topic
  std::vector<std::string> removed;                       ///< paths of empty messages

  virtual ~events_fixture() { tested.reset(); }
  events_fixture() {
    listener.subscribe("gf_int_v1/+/event/#", {});
    listener.start(*this);
    options.devices.push_back({*device_tag::parse("GW_1"), {}, {*subsystem_name::parse("axuv")}, {}});
  }
  void add(std::string path, kind_options kind, event_options how) {
    options.devices.front().resources.push_back({std::move(path), {}, {}, std::move(kind), how});
  }
  void put(const std::string& path, const std::string& body) {
    caller.send({.verb = "PUT", .path = path, .body = body});
    settle();
  }
  std::string retained_of(const std::string& path) {
    return late_listener(broker, "gf_int_v1/axuv/event/GW_1/" + path).got;
  }
  std::vector<std::string>& events_of(const std::string& path) {
    return heard["gf_int_v1/axuv/event/GW_1/" + path];
  }
  void on_link_up(mqcoap::link&) noexcept override {}
  void on_link_down(mqcoap::link&, const outage_cause&) noexcept override {}
  void on_message(mqcoap::link&, const inbound& m) noexcept override {
    const std::string topic(m.topic);
    if (m.payload.empty()) return removed.push_back(topic.substr(topic.rfind('/') + 1));
    heard[topic].push_back(body_of(m.payload));
  }
};

value_options stored(const char* initial) {
  value_options value;
  value.initial = *json_text::parse(initial);
  value.methods.insert(method::put);
  return value;
}

using bodies = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(events_fixture,
                  "a resource is read on a grid that does not drift, and each value is an event") {
  add("a", sensor_options{&first}, {.every = 2s});
  start();
  CHECK(events_of("a") == bodies{"1"});
  pass(1900ms);
  CHECK(events_of("a").size() == 1);
  pass(150ms);  // the loop was late
  CHECK(events_of("a").size() == 2);
  pass(1950ms);  // 4 s after the beginning, not 2 s after the event
  CHECK(events_of("a").size() == 3);
  pass(10s);  // missed readings are not made up for
  CHECK(events_of("a").size() == 4);
  CHECK(wake.when() == time.now() + 2s);
}

TEST_CASE_FIXTURE(events_fixture, "with `change`, a value is published only when it has moved far enough") {
  add("a", sensor_options{&first}, {.every = 1s, .change = 0.5});
  start();
  for (const char* reading : {"1.25", "1.5", "1.75", "1.5", "1", "1"}) {
    first.reading = reading;
    pass(1s);
  }
  CHECK(events_of("a") == bodies{"1", "1.5", "1"});
}

TEST_CASE_FIXTURE(events_fixture, "a slow resource delays no other one, and is not read again meanwhile") {
  add("slow", sensor_options{&first}, {.every = 1s});
  add("quick", sensor_options{&second}, {.every = 1s});
  first.is_slow = true;
  start();
  pass(1s);
  pass(1s);
  CHECK(events_of("quick").size() == 3);
  CHECK(first.waiting.size() == 1);
  answer late;
  late.body = *json_text::parse("7");
  std::move(first.waiting.front()).respond(std::move(late));
  settle();
  CHECK(events_of("slow") == bodies{"7"});
  pass(1s);
  CHECK(first.waiting.size() == 2);
  pass(10s);  // limits.handler_timeout
  CHECK(tested->counted()[event::event_unread] == 1);
}

TEST_CASE_FIXTURE(events_fixture, "a resource that cannot be read publishes nothing and is counted") {
  add("a", sensor_options{&first}, {.every = 1s});
  first.reading = "";
  start();
  CHECK(events_of("a").empty());
  CHECK(tested->counted()[event::event_unread] == 1);
  first.reading = "2";
  pass(1s);
  CHECK(events_of("a") == bodies{"2"});
  CHECK(tested->counted()[event::event_published] == 1);
}

TEST_CASE_FIXTURE(events_fixture, "the log tells when the events of a resource end, and when they go on") {
  add("a", sensor_options{&first}, {.every = 1s});
  add("b", sensor_options{&second}, {.on_change = true});
  first.reading = second.reading = "";
  bodies log;
  gateway_hooks hooks;
  hooks.notice = [&log](log_level, std::string_view message) { log.emplace_back(message); };
  start(std::move(hooks));
  const bodies silent{"GW_1, a: no events while it cannot be read: off"};
  CHECK(log == silent);
  pass(1s);
  CHECK(log == silent);
  first.reading = "2";
  pass(1s);
  REQUIRE(log.size() == 2);
  CHECK(log.back() == "GW_1, a: it can be read again, and has events");
  // An error that comes and goes is logged once a minute.
  for (int i = 0; i < 10; ++i) {
    first.reading = i % 2 == 0 ? "" : "2";
    pass(1s);
  }
  CHECK(log.size() == 2);
  pass(1min);
  first.reading = "";
  pass(1s);
  CHECK(log.size() == 3);
  tested.reset();  // before the log that it writes to
}

TEST_CASE_FIXTURE(events_fixture, "a changed value is published immediately, after the requester's answer") {
  add("v", stored("1"), {.on_change = true, .retain = true});
  add("w", stored("1"), {});
  options.devices.front().resources.back().events.reset();
  start();
  CHECK(events_of("v") == bodies{"1"});  // the initial value
  put("v", "2");
  put("w", "5");
  put("v", "2");  // the value has not changed
  put("v", "3");
  CHECK(events_of("v") == bodies{"1", "2", "3"});
  CHECK(events_of("w").empty());
}

TEST_CASE_FIXTURE(events_fixture, "each connection begins with the values as they are") {
  add("v", stored("1"), {.on_change = true});
  add("a", sensor_options{&first}, {.every = 1s, .change = 5});
  start();
  CHECK(events_of("v") == bodies{"1"});
  broker.go_down();
  settle();
  broker.come_up();
  settle();
  CHECK(events_of("v") == bodies{"1", "1"});
  pass(1s);
  CHECK(events_of("a") == bodies{"1", "1"});
  put("v", "2");
  CHECK(events_of("v") == bodies{"1", "1", "2"});
}

TEST_CASE_FIXTURE(events_fixture,
                  "a default broker that is connected already gets the values after a reload") {
  memory_link other{broker, "other"};
  add("v", stored("1"), {.on_change = true});
  start();
  tested->reconfigure(options, {&lab, &other});
  other.start(*tested);
  settle();
  CHECK(events_of("v") == bodies{"1"});
  tested->reconfigure(options, {&other, &lab});
  settle();
  CHECK(events_of("v") == bodies{"1", "1"});
  tested->reconfigure(options, {&other, &lab});  // nothing has changed
  settle();
  CHECK(events_of("v") == bodies{"1", "1"});
  tested.reset();
}

TEST_CASE_FIXTURE(events_fixture, "a reload keeps the grid of what stays, and ends what is gone") {
  add("a", sensor_options{&first}, {.every = 2s});
  add("b", sensor_options{&second}, {.every = 2s});
  start();
  pass(1s);
  auto changed = options;
  changed.devices.front().resources.pop_back();
  tested->reconfigure(changed, {&lab});
  settle();
  CHECK(events_of("a").size() == 1);
  pass(1s);
  CHECK(events_of("a").size() == 2);
  CHECK(events_of("b").size() == 1);
}

TEST_CASE_FIXTURE(events_fixture, "a reload removes the retained events of what publishes no longer") {
  const event_options retained{.on_change = true, .retain = true};
  add("gone", stored("1"), retained);
  add("mute", stored("1"), retained);
  add("passing", stored("1"), retained);
  add("stays", stored("1"), retained);
  add("other", stored("1"), {.every = 1s, .retain = true});
  add("plain", stored("1"), {.on_change = true});
  start();
  auto changed = options;
  auto& resources = changed.devices.front().resources;
  resources.erase(resources.begin());
  resources.at(0).events.reset();
  resources.at(1).events = event_options{.on_change = true};
  resources.at(3).events = event_options{.every = 2s, .retain = true};
  resources.pop_back();
  tested->reconfigure(changed, {&lab});
  settle();
  CHECK(retained_of("gone") == "none");
  CHECK(retained_of("mute") == "none");
  CHECK(retained_of("passing") == "none");
  CHECK(retained_of("stays") == "1");
  CHECK(retained_of("other") == "1");
  CHECK(removed == bodies{"gone", "mute", "passing"});
  CHECK(events_of("passing") == bodies{"1", "1"});
  // Removing the device removes the remaining retained events; none is removed twice.
  changed.devices = {device_options{*device_tag::parse("GW_2"), {}, {}, {}}};
  tested->reconfigure(changed, {&lab});
  settle();
  CHECK(removed == bodies{"gone", "mute", "passing", "other", "stays"});
}

TEST_CASE_FIXTURE(events_fixture, "a retained event moves with its topic") {
  add("v", stored("1"), {.on_change = true, .retain = true});
  start();
  auto changed = options;
  changed.devices.front().subsystems = {*subsystem_name::parse("hv")};
  tested->reconfigure(changed, {&lab});
  settle();
  CHECK(retained_of("v") == "none");
  CHECK(heard["gf_int_v1/hv/event/GW_1/v"] == bodies{"1"});
}

TEST_CASE_FIXTURE(events_fixture,
                  "a retained event that cannot be removed at a reload goes at the next connection") {
  add("v", stored("1"), {.on_change = true, .retain = true});
  add("w", stored("1"), {.on_change = true, .retain = true});
  start();
  // The listener may not be connected again in time to receive it.
  bodies sent;
  broker.watch([&sent](const memory_link&, std::string_view topic, std::string_view payload,
                       const publish_options& how) {
    if (how.retain && payload.empty()) sent.emplace_back(topic.substr(topic.rfind('/') + 1));
  });
  const auto both = options;
  auto changed = options;
  changed.devices.front().resources.clear();
  broker.go_down();
  settle();
  tested->reconfigure(changed, {&lab});
  settle();
  // One of the resources returns in time.
  changed.devices.front().resources = {both.devices.front().resources.front()};
  tested->reconfigure(changed, {&lab});
  broker.come_up();
  settle();
  CHECK(sent == bodies{"w"});
  CHECK(retained_of("v") == "1");
  CHECK(retained_of("w") == "none");
  broker.go_down();
  settle();
  broker.come_up();
  settle();
  CHECK(sent == bodies{"w"});
}

TEST_CASE_FIXTURE(events_fixture,
                  "a retained event is removed only at the broker that has it from the gateway") {
  memory_broker elsewhere;
  memory_link there{elsewhere, "there"};
  bodies removed_there;
  elsewhere.watch(
      [&](const memory_link&, std::string_view topic, std::string_view payload, const publish_options& how) {
        if (how.retain && payload.empty()) removed_there.emplace_back(topic.substr(topic.rfind('/') + 1));
      });
  const event_options retained{.on_change = true, .retain = true};
  add("moved", stored("1"), retained);
  add("gone", stored("1"), retained);
  start();
  const auto move = [&](const gateway_options& to) {
    tested->reconfigure(to, {&there, &lab});
    settle();
    elsewhere.run();
    settle();
  };
  auto fewer = options;
  fewer.devices.front().resources.pop_back();
  SUBCASE("the new broker is connected already") {
    tested->reconfigure(options, {&lab, &there});
    there.start(*tested);
    elsewhere.run();
    move(fewer);
    CHECK(removed == bodies{"gone"});
  }
  SUBCASE("the new broker is connected later, and the old one is down") {
    broker.go_down();
    settle();
    move(fewer);
    there.start(*tested);
    elsewhere.run();
    settle();
    elsewhere.run();
  }
  CHECK(removed_there.empty());
  // What it has published there it removes there.
  auto none = fewer;
  none.devices.front().resources.clear();
  move(none);
  CHECK(removed_there == bodies{"moved"});
  tested.reset();
}

TEST_CASE_FIXTURE(events_fixture, "a reading that a reload has overtaken is no event") {
  add("slow", sensor_options{&first}, {.every = 1s, .retain = true});
  start();
  first.is_slow = true;
  pass(1s);
  REQUIRE(first.waiting.size() == 1);
  auto changed = options;
  changed.devices.front().resources.front().events.reset();
  tested->reconfigure(changed, {&lab});
  settle();
  answer late;
  late.body = *json_text::parse("7");
  std::move(first.waiting.front()).respond(std::move(late));
  settle();
  CHECK(events_of("slow") == bodies{"1"});
  CHECK(retained_of("slow") == "none");
}

TEST_CASE_FIXTURE(events_fixture, "a stop does not wait for a reading") {
  add("slow", sensor_options{&first}, {.every = 1s});
  first.is_slow = true;
  start();
  bool drained = false;
  tested->drain([&] { drained = true; });
  CHECK(drained);
  pass(5s);
  CHECK(first.waiting.size() == 1);
  CHECK(events_of("slow").empty());
}

TEST_CASE_FIXTURE(events_fixture,
                  "a change that is stored during a stop is no event, and leaves the alarm alone") {
  auto lasting = stored("1");
  lasting.persist = true;
  add("v", lasting, {.on_change = true});
  slow_store store;
  gateway_hooks hooks;
  hooks.store = &store;
  start(hooks);
  caller.send({.verb = "PUT", .path = "v", .body = "2"});
  settle();
  bool drained = false;
  tested->drain([&] { drained = true; });
  REQUIRE(store.under_way.size() == 1);
  store.end_one();
  broker.run();
  CHECK(drained);
  tested->on_alarm();
  CHECK(wake.when() > time.now());
  CHECK(events_of("v") == bodies{"1"});
  tested.reset();  // before the store that it uses
}

TEST_CASE("what is worth an event") {
  const auto publishes = [](const event_options& how, const char* before, const char* now) {
    return is_worth_publishing(how, *json_text::parse(now),
                               before == nullptr ? std::nullopt : std::optional(*json_text::parse(before)));
  };
  CHECK(publishes({.every = 1s}, "1", "1"));
  CHECK(publishes({.every = 1s, .change = 5}, nullptr, "1"));
  CHECK_FALSE(publishes({.every = 1s, .on_change = true}, "1", "1"));
  for (const auto& how : {event_options{.every = 1s, .on_change = true}, event_options{.on_change = true},
                          event_options{.every = 1s, .change = 5}}) {
    CHECK_FALSE(publishes(how, R"({"a": 1, "b": [true, null]})", R"({"b":[true,null],"a":1.0})"));
    CHECK_FALSE(publishes(how, R"("caf\u00e9")", "\"caf\xc3\xa9\""));
    CHECK(publishes(how, R"({"a":1})", R"({"a":1,"b":null})"));
    CHECK(publishes(how, "[1,2]", "[2,1]"));
    CHECK(publishes(how, R"({"a":1})", R"({"a":1,"a":1})"));  // the value of duplicate keys is undefined
    CHECK_FALSE(publishes(how, R"({"a":1,"a":1})", R"({"a":1,"a":1})"));
  }
  for (const char* same : {"1.0", "1.00", "10e-1", "1"})
    CHECK_FALSE(publishes({.every = 1s, .on_change = true}, "1", same));
  CHECK_FALSE(publishes({.on_change = true}, "0", "-0.0"));
  CHECK(publishes({.on_change = true}, "9007199254740992", "9007199254740993"));
  CHECK(publishes({.on_change = true}, "1", "\"1\""));
  CHECK(publishes({.on_change = true}, "1", "1.0000000000000002"));
  CHECK(publishes({.every = 1s, .change = 5, .is_percent = true}, "100", "95"));
  CHECK_FALSE(publishes({.every = 1s, .change = 5, .is_percent = true}, "100", "95.5"));
  CHECK(publishes({.every = 1s, .change = 5, .is_percent = true}, "0", "0.001"));
  CHECK_FALSE(publishes({.every = 1s, .change = 5, .is_percent = true}, "0", "0"));
  CHECK(publishes({.every = 1s, .change = 5}, "\"on\"", "\"off\""));
  CHECK_FALSE(publishes({.every = 1s, .change = 5}, "\"on\"", "\"on\""));
}
