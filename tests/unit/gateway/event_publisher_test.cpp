#include <doctest/doctest.h>

#include <map>
#include <mqcoap/gateway/event_decision.hpp>
#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/resource/collection/collection.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <string>
#include <vector>

#include "support/lab/desk.hpp"
#include "support/lab/hand_alarm.hpp"
#include "support/slow_store.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

/// A sensor that the test sets: it answers at once, late, or not as it should.
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

struct events_fixture : link_events {
  manual_clock time;
  hand_alarm wake;
  memory_broker broker;
  memory_link lab{broker, "lab"};
  memory_link listener{broker, "listener"};
  desk caller{broker};
  sensor first, second;
  gateway_options options{80, default_namespace(), {}, {}, {}, {}};
  std::optional<gateway> tested;
  std::map<std::string, std::vector<std::string>> heard;  ///< bodies, by topic

  virtual ~events_fixture() = default;
  events_fixture() {
    listener.subscribe("gf_int_v1/+/event/#", {});
    listener.start(*this);
    options.devices.push_back({*device_tag::parse("GW_1"), {}, {*subsystem_name::parse("axuv")}, {}});
  }
  void add(std::string path, kind_options kind, event_options how) {
    options.devices.front().resources.push_back({std::move(path), {}, {}, std::move(kind), how});
  }
  void start() {
    tested.emplace(options, std::vector<mqcoap::link*>{&lab}, time, wake);
    tested->start();
    settle();
  }
  void settle() {
    for (bool rings = true; rings;) {
      broker.run();
      rings = wake.rings(time.now());
      if (rings) tested->on_alarm();
    }
    broker.run();
  }
  void pass(std::chrono::milliseconds by) {
    time.advance(by);
    settle();
  }
  void put(const std::string& path, const std::string& body) {
    caller.send({.verb = "PUT", .path = path, .body = body});
    settle();
  }
  std::vector<std::string>& events_of(const std::string& path) {
    return heard["gf_int_v1/axuv/event/GW_1/" + path];
  }
  void on_link_up(mqcoap::link&) noexcept override {}
  void on_link_down(mqcoap::link&, const outage_cause&) noexcept override {}
  void on_message(mqcoap::link&, const inbound& m) noexcept override {
    const std::string payload(m.payload);
    const auto begin = payload.find("\"body\":") + 7;
    heard[std::string(m.topic)].push_back(payload.substr(begin, payload.find(",\"timestamp\":") - begin));
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
  pass(10s);  // what was missed is not made up for
  CHECK(events_of("a").size() == 4);
  CHECK(wake.when() == time.now() + 2s);
}

TEST_CASE_FIXTURE(events_fixture, "with `change`, only what has moved is told") {
  add("a", sensor_options{&first}, {.every = 1s, .change = 0.5});
  start();
  for (const char* reading : {"1.25", "1.5", "1.75", "1.5", "1", "1"}) {
    first.reading = reading;
    pass(1s);
  }
  CHECK(events_of("a") == bodies{"1", "1.5", "1"});
}

TEST_CASE_FIXTURE(events_fixture, "a slow resource delays no other one, and is read no further meanwhile") {
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

TEST_CASE_FIXTURE(events_fixture, "what cannot be read publishes nothing and is counted") {
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

TEST_CASE_FIXTURE(events_fixture,
                  "a value that is changed is an event at once, behind the requester's answer") {
  add("v", stored("1"), {.on_change = true, .retain = true});
  add("w", stored("1"), {});
  options.devices.front().resources.back().events.reset();
  start();
  CHECK(events_of("v") == bodies{"1"});  // what it is at the beginning
  put("v", "2");
  put("w", "5");
  put("v", "2");  // nothing has changed
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
  tested.emplace(options, std::vector<mqcoap::link*>{&lab}, time, wake, hooks);
  tested->start();
  settle();
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
  tested.reset();  // before its store
}

TEST_CASE("what is worth telling") {
  const auto tells = [](const event_options& how, const char* before, const char* now) {
    return is_worth_telling(how, *json_text::parse(now),
                            before == nullptr ? std::nullopt : std::optional(*json_text::parse(before)));
  };
  CHECK(tells({.every = 1s}, "1", "1"));
  CHECK(tells({.every = 1s, .change = 5}, nullptr, "1"));
  CHECK_FALSE(tells({.every = 1s, .on_change = true}, "1", "1"));
  CHECK(tells({.every = 1s, .on_change = true}, "1", "1.0"));  // told as it stands
  CHECK(tells({.every = 1s, .change = 5, .is_percent = true}, "100", "95"));
  CHECK_FALSE(tells({.every = 1s, .change = 5, .is_percent = true}, "100", "95.5"));
  CHECK(tells({.every = 1s, .change = 5, .is_percent = true}, "0", "0.001"));
  CHECK_FALSE(tells({.every = 1s, .change = 5, .is_percent = true}, "0", "0"));
  CHECK(tells({.every = 1s, .change = 5}, "\"on\"", "\"off\""));
  CHECK_FALSE(tells({.every = 1s, .change = 5}, "\"on\"", "\"on\""));
}
