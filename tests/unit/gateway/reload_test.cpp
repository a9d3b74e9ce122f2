#include <doctest/doctest.h>

#include <algorithm>
#include <mqcoap/gateway/reconfiguration.hpp>
#include <mqcoap/resource/action/action.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "settling_gateway.hpp"
#include "support/slow_store.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

value_options number(const char* initial) {
  value_options value;
  value.initial = *json_text::parse(initial);
  value.methods.insert(method::put);
  return value;
}

gateway_options with_devices(const std::vector<const char*>& tags) {
  gateway_options options{80, default_namespace(), {}, {}, {}, {}};
  for (const auto* tag : tags)
    options.devices.push_back({*device_tag::parse(tag), {}, {}, {{"x", {}, {}, number("1")}}});
  return options;
}

/// Also answers for B_*, so that one filter takes all requests.
gateway_options with_pattern(const std::vector<const char*>& tags) {
  auto options = with_devices(tags);
  auto& route = options.proxy.routes.emplace_back();
  route.match.tags = {"B_*"};
  route.serve = true;
  return options;
}

struct reload_fixture : settling_gateway {
  memory_link other{broker, "other"};
  std::vector<mqcoap::link*> retired;
  int ready = 0;
  int away = 0;

  gateway_hooks hooks() {
    gateway_hooks all;
    all.ready = [this] { ++ready; };
    all.away = [this] { ++away; };
    all.retired = [this](mqcoap::link& l) { retired.push_back(&l); };
    return all;
  }
  reload_fixture() {
    options = with_devices({"GW_1"});
    start(hooks());
  }
  ~reload_fixture() { tested.reset(); }
  /// Sends a GET. @return its topic
  std::string ask(const std::string& tag) {
    const auto topic = caller.send({.tag = tag, .path = "x"});
    settle();
    return topic;
  }
  /// Sends a request again, on the same topic.
  void ask_again(const std::string& topic) {
    const auto id = topic.substr(topic.rfind('/') + 1);
    caller.publish(topic,
                   R"({"header":{"method":"GET","path":"x","request_id":")" + id + R"("},"timestamp":"1"})");
    settle();
  }
  /// Sends a PUT. @return the answer
  std::string put(const std::string& path, const std::string& body) {
    caller.send({.verb = "PUT", .path = path, .body = body});
    settle();
    return caller.answers.empty() ? "" : caller.answers.back();
  }
  bool asks_for(const memory_link& l, const std::string& tag) const {
    const auto& all = l.filters();
    return std::find(all.begin(), all.end(), "gf_int_v1/+/request/" + tag + "/+") != all.end();
  }
};

}  // namespace

TEST_CASE_FIXTURE(reload_fixture, "new subscriptions are made before old ones are dropped") {
  broker.ignore("gf_int_v1/+/request/GW_2");
  tested->reconfigure(with_devices({"GW_2"}), {&lab});
  broker.run();
  CHECK(asks_for(lab, "GW_1"));
  CHECK(asks_for(lab, "GW_2"));
  CHECK_FALSE(tested->subscribed());
  broker.allow_all();
  tested->reconfigure(with_devices({"GW_2"}), {&lab});
  settle();
  CHECK_FALSE(asks_for(lab, "GW_1"));
  CHECK(tested->subscribed());
  CHECK(ready == 2);
}

TEST_CASE_FIXTURE(reload_fixture,
                  "a reload that goes back in the middle of the last one asks for nothing twice") {
  broker.ignore("gf_int_v1/+/request/GW_2");
  tested->reconfigure(with_devices({"GW_2"}), {&lab});
  broker.run();
  tested->reconfigure(with_devices({"GW_1"}), {&lab});
  settle();
  CHECK(asks_for(lab, "GW_1"));
  CHECK_FALSE(asks_for(lab, "GW_2"));
  CHECK(tested->subscribed());
  ask("GW_1");
  CHECK(caller.answers.size() == 1);
}

TEST_CASE_FIXTURE(reload_fixture, "a message that overlapping subscriptions bring twice is answered once") {
  tested->reconfigure(with_pattern({"GW_1"}), {&lab});
  settle();
  CHECK(tested->subscribed());
  const auto topic = ask("GW_1");
  ask_again(topic);
  CHECK(caller.answers.size() == 1);
  time.advance(5s);
  settle();
  ask_again(topic);  // a GET that arrives again is answered again
  CHECK(caller.answers.size() == 2);
}

TEST_CASE_FIXTURE(reload_fixture, "an inconsistent configuration changes nothing") {
  auto broken = with_devices({"GW_1", "GW_2"});
  action_options action;
  action.set.push_back({"nowhere", {}});
  broken.devices.back().resources.push_back({"go", {}, {}, action});
  CHECK_THROWS_AS(tested->reconfigure(broken, {&other}), std::invalid_argument);
  settle();
  CHECK(retired.empty());
  CHECK(tested->device_count() == 1);
  ask("GW_1");
  CHECK(caller.answers.size() == 1);
}

TEST_CASE_FIXTURE(reload_fixture,
                  "another default broker is served once it is there, the old one until then") {
  tested->reconfigure(with_devices({"GW_1"}), {&other});
  settle();
  CHECK(asks_for(lab, "GW_1"));
  ask("GW_1");
  CHECK(caller.answers.size() == 1);
  other.start(*tested);
  settle();
  CHECK(lab.filters().empty());
  CHECK(asks_for(other, "GW_1"));
  CHECK(retired.empty());  // requests may be on their way
  ask("GW_1");
  CHECK(caller.answers.size() == 2);
  time.advance(5s);
  settle();
  REQUIRE(retired.size() == 1);
  CHECK(retired.front() == &lab);
  CHECK(away == 0);
}

TEST_CASE_FIXTURE(reload_fixture,
                  "another default broker that is connected already takes over once it has confirmed") {
  other.start(*tested);
  tested->reconfigure(with_devices({"GW_1"}), {&lab, &other});
  settle();
  broker.ignore("gf_int_v1/+/request/");
  tested->reconfigure(with_devices({"GW_1"}), {&other, &lab});
  settle();
  CHECK(asks_for(lab, "GW_1"));
  auto topic = ask("GW_1");
  CHECK(caller.answers.size() == 1);
  ask_again(topic);  // through the other broker, which may be the same one
  CHECK(caller.answers.size() == 1);
  broker.allow_all();
  tested->reconfigure(with_devices({"GW_1"}), {&other, &lab});
  settle();
  CHECK(lab.filters().empty());
  CHECK(tested->subscribed());
  topic = ask("GW_1");
  CHECK(caller.answers.size() == 2);
  ask_again(topic);
  CHECK(caller.answers.size() == 2);
  time.advance(5s);
  settle();
  ask_again(topic);  // a GET that arrives again is answered again
  CHECK(caller.answers.size() == 3);
  CHECK(retired.empty());
}

TEST_CASE_FIXTURE(reload_fixture,
                  "a default broker that does not answer: the old one is asked for 5 s more") {
  other.start(*tested);
  broker.ignore("gf_int_v1/+/request/");
  tested->reconfigure(with_devices({"GW_1"}), {&other, &lab});
  settle();
  CHECK(asks_for(lab, "GW_1"));
  time.advance(5s);
  settle();
  CHECK(lab.filters().empty());
}

TEST_CASE_FIXTURE(reload_fixture,
                  "a default broker that goes down at once leaves the requests to the old one") {
  other.start(*tested);
  broker.ignore("gf_int_v1/+/request/");
  tested->reconfigure(with_devices({"GW_1"}), {&other, &lab});
  settle();
  broker.drop(other);
  const auto topic = ask("GW_1");
  ask_again(topic);
  CHECK(caller.answers.size() == 1);
}

TEST_CASE_FIXTURE(reload_fixture, "a default broker that is not there does not keep the old one") {
  tested->reconfigure(with_devices({"GW_1"}), {&other});
  settle();
  time.advance(5s);
  settle();
  CHECK(lab.filters().empty());
  CHECK(retired.size() == 1);
}

TEST_CASE_FIXTURE(reload_fixture, "going back to the first default broker takes its requests again") {
  other.start(*tested);
  tested->reconfigure(with_devices({"GW_1"}), {&other, &lab});
  settle();
  CHECK(asks_for(other, "GW_1"));
  tested->reconfigure(with_devices({"GW_1"}), {&lab, &other});
  settle();
  CHECK(asks_for(lab, "GW_1"));
  time.advance(5s);
  settle();
  CHECK(asks_for(lab, "GW_1"));
  CHECK(other.filters().empty());
  CHECK(retired.empty());
  ask("GW_1");
  CHECK(caller.answers.size() == 1);
}

TEST_CASE_FIXTURE(reload_fixture, "a broker that only routes used goes at once when nothing waits there") {
  tested->reconfigure(with_devices({"GW_1"}), {&lab, &other});
  settle();
  tested->reconfigure(with_devices({"GW_1"}), {&lab});
  settle();
  REQUIRE(retired.size() == 1);
  CHECK(retired.front() == &other);
}

TEST_CASE_FIXTURE(reload_fixture,
                  "a broker that still has requests goes when its client id is expected again") {
  auto routed = with_devices({"GW_1"});
  auto& route = routed.proxy.routes.emplace_back();
  route.match.tags = {"D_1"};
  route.serve = true;
  route.to.broker = "other";
  route.to.ns = "site_v1";
  route.timeout = 10min;
  other.start(*tested);
  tested->reconfigure(routed, {&lab, &other});
  settle();
  ask("D_1");  // which never answers
  CHECK(caller.answers.empty());
  tested->reconfigure(with_devices({"GW_1"}), {&lab});
  time.advance(5s);
  settle();
  CHECK(retired.empty());
  memory_link again{broker, "other"};
  tested->reconfigure(routed, {&lab, &again});
  settle();
  CHECK(retired.empty());
  time.advance(5s);
  settle();
  REQUIRE(retired.size() == 1);
  CHECK(retired.front() == &other);
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers.front().find("504") != std::string::npos);
  tested->reconfigure(with_devices({"GW_1"}), {&lab});
}

TEST_CASE_FIXTURE(reload_fixture, "it reports when its broker is unreachable") {
  broker.go_down();
  CHECK(away == 1);
}

TEST_CASE_FIXTURE(reload_fixture, "what a metric or a condition asks of a value holds from the reload on") {
  const auto options = [](bool is_metric, bool has_condition) {
    auto made = with_devices({"GW_1"});
    auto& resources = made.devices.front().resources;
    auto first = number("1");
    first.is_metric = is_metric;
    resources.front().kind = first;
    resources.push_back({"s", {}, {}, number("{}")});
    action_options act;
    if (has_condition) act.when.push_back({"s", *json_text::parse(R"({"a":1})")});
    resources.push_back({"act", {}, {}, act});
    return made;
  };
  const auto says = [](const std::string& answer, const char* message) {
    return answer.find(message) != std::string::npos;
  };
  tested->reconfigure(options(false, false), {&lab});
  settle();
  CHECK(says(put("x", "\"high\""), ":204"));
  CHECK(says(put("s", R"({"a":1,"a":2})"), ":204"));

  tested->reconfigure(options(true, true), {&lab});
  settle();
  ask("GW_1");
  CHECK_MESSAGE(says(caller.answers.back(), R"("body":1,)"), caller.answers.back());
  CHECK(says(put("x", "\"high\""), "but a metric must be a number"));
  CHECK(says(put("s", R"({"a":1,"a":2})"), "the key 'a' is given twice"));
  CHECK(says(put("x", "7"), ":204"));

  tested->reconfigure(options(true, false), {&lab});
  settle();
  ask("GW_1");
  CHECK_MESSAGE(says(caller.answers.back(), R"("body":7,)"), caller.answers.back());
  CHECK(says(put("s", R"({"a":1,"a":2})"), ":204"));
}

TEST_CASE_FIXTURE(reload_fixture,
                  "a change that is being stored is answered over a reload, and a stop waits for it") {
  test::slow_store store;
  gateway_hooks with_store;
  with_store.store = &store;
  auto lasting = number("1");
  lasting.persist = true;
  auto stored = with_devices({"GW_2"});
  stored.devices.front().resources.front().kind = lasting;
  gateway slow{stored, {&other}, time, wake, with_store};
  slow.start();
  broker.run();
  const auto put_into_it = [&] {
    caller.send({.verb = "PUT", .tag = "GW_2", .path = "x", .body = "7"});
    broker.run();
  };
  put_into_it();
  CHECK(store.under_way.size() == 1);
  auto changed = stored;
  changed.devices.front().resources.front().title = "another";
  slow.reconfigure(changed, {&other});
  broker.run();
  CHECK(caller.answers.empty());
  store.end_one();
  broker.run();
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers.back().find(":204") != std::string::npos);
  const auto& kept = *slow.devices().at("GW_2");
  CHECK(kept.options().resources.front().title == "another");

  put_into_it();
  bool stopped = false;
  slow.drain([&stopped] { stopped = true; });
  CHECK_FALSE(stopped);
  store.end_one();
  broker.run();
  CHECK(stopped);
  CHECK(caller.answers.size() == 2);
}

namespace {

/// Returns ten devices, GW_0 to GW_9 by default, whose values x and y are initially `initial`.
gateway_options with_ten(const char* initial, int first = 0) {
  gateway_options options{80, default_namespace(), {}, {}, {}, {}};
  for (int i = first; i < first + 10; ++i)
    options.devices.push_back({*device_tag::parse("GW_" + std::to_string(i)),
                               {},
                               {},
                               {{"x", {}, {}, number(initial)}, {"y", {}, {}, number(initial)}}});
  return options;
}

struct sliced_fixture : settling_gateway {
  sliced_fixture() {
    options = with_ten("1");
    start();
  }
  ~sliced_fixture() { tested.reset(); }

  gateway::reconfiguration begin(gateway_options next) {
    return {*tested, std::make_shared<prepared_options>(std::move(next), tested->options()), {&lab}};
  }
  /// Sends a GET, or a PUT with a body. @return the answer
  std::string ask(int device, const char* path, const std::string& body = {}) {
    caller.answers.clear();
    caller.send({.verb = body.empty() ? "GET" : "PUT",
                 .tag = "GW_" + std::to_string(device),
                 .path = path,
                 .body = body.empty() ? "null" : body});
    settle();
    return caller.answers.size() == 1 ? caller.answers.front() : "no answer";
  }
  static bool has(const std::string& answer, const std::string& body) {
    return answer.find("\"body\":" + body + ',') != std::string::npos ||
           answer.find("\"body\":" + body + '}') != std::string::npos;
  }
};

}  // namespace

TEST_CASE_FIXTURE(sliced_fixture,
                  "between two parts of a reload each request is answered by a whole device") {
  auto parts = begin(with_ten("2"));
  int switched = 0;
  bool is_more = true;
  while (is_more) {
    int now = 0;
    for (int i = 0; i < 10; ++i) {
      const bool is_new = has(ask(i, "x"), "2");
      CHECK(has(ask(i, "y"), is_new ? "2" : "1"));
      now += is_new ? 1 : 0;
    }
    CHECK(now >= switched);
    CHECK(now <= switched + 1);
    switched = now;
    is_more = parts.advance();
  }
  CHECK(parts.is_in_force());
  CHECK(switched == 10);
}

TEST_CASE_FIXTURE(sliced_fixture,
                  "what is put between two parts of a reload is there after it, as after a reload at once") {
  auto next = with_ten("1");
  for (auto& each : next.devices) each.description = "changed";
  auto changed = begin(next);
  for (int i = 0; i < 12; ++i) CHECK(changed.advance());  // all are built, and the first is replaced
  CHECK(ask(0, "x", "7").find("204") != std::string::npos);
  CHECK(ask(9, "x", "8").find("204") != std::string::npos);
  while (changed.advance()) continue;
  CHECK(has(ask(0, "x"), "7"));
  CHECK(has(ask(9, "x"), "8"));
}

TEST_CASE_FIXTURE(sliced_fixture,
                  "another initial value replaces what is put before its device, and nothing after it") {
  auto parts = begin(with_ten("2"));
  for (int i = 0; i < 12; ++i) CHECK(parts.advance());  // all are built, and the first is replaced
  CHECK(has(ask(0, "x"), "2"));
  ask(0, "x", "7");
  ask(9, "x", "8");
  while (parts.advance()) continue;
  CHECK(has(ask(0, "x"), "7"));
  CHECK(has(ask(9, "x"), "2"));
}

TEST_CASE_FIXTURE(sliced_fixture,
                  "equal devices are not built, and a device is served until the routes are in force") {
  auto same = begin(with_ten("1"));
  const auto* const before = tested->devices().at("GW_3").get();
  while (same.advance()) continue;
  CHECK(tested->devices().at("GW_3").get() == before);

  auto parts = begin(with_ten("1", 5));  // GW_0 to GW_4 are removed, GW_10 to GW_14 are added
  while (!parts.is_in_force()) {
    CHECK(has(ask(0, "x"), "1"));
    CHECK(has(ask(5, "x"), "1"));
    CHECK(parts.advance());
  }
  CHECK(ask(0, "x") == "no answer");
  CHECK(has(ask(14, "x"), "1"));
  while (parts.advance()) continue;
  CHECK(tested->devices().size() == 10);
}

TEST_CASE_FIXTURE(sliced_fixture,
                  "a reload that is given up in the middle leaves whole devices, and loses no value") {
  ask(9, "x", "8");
  {
    auto parts = begin(with_ten("2"));
    for (int i = 0; i < 15; ++i) CHECK(parts.advance());
  }
  for (int i = 0; i < 9; ++i) {
    const bool is_new = has(ask(i, "x"), "2");
    CHECK(has(ask(i, "y"), is_new ? "2" : "1"));
  }
  CHECK(has(ask(9, "x"), "8"));
}
