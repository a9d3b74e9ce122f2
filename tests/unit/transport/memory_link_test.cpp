#include <doctest/doctest.h>

#include <memory>
#include <mqcoap/transport/memory_link.hpp>
#include <optional>

#include "link_recorder.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;
using test::link_recorder;
using test::never;

namespace {

struct two_links {
  memory_broker broker;
  memory_link a{broker, "a"};
  memory_link b{broker, "b"};
  link_recorder at_a;
  link_recorder at_b;
  std::vector<error_code> answers;

  void start() {
    a.start(at_a);
    b.start(at_b);
    broker.run();
  }
  link::subscribed_handler note() {
    return [this](error_code e) { answers.push_back(e); };
  }
};

}  // namespace

TEST_CASE_FIXTURE(two_links, "nothing happens before the broker runs") {
  a.start(at_a);
  CHECK_FALSE(a.up());
  CHECK(a.publish("t", "1", never) == errc::not_connected);
  CHECK(broker.run() == 0);
  CHECK(a.up());
  CHECK(at_a.ups == 1);
  CHECK_FALSE(b.up());
  a.subscribe("t", note());
  CHECK_FALSE(a.publish("t", "2", never));
  CHECK(at_a.messages.empty());
  CHECK(answers.empty());
  CHECK(broker.run() == 1);
  REQUIRE(at_a.messages.size() == 1);
  CHECK(at_a.messages[0] == link_recorder::message{"t", "2", false});
  CHECK(answers == std::vector<error_code>{{}});
}

TEST_CASE_FIXTURE(two_links, "overlapping subscriptions give one copy each client") {
  start();
  a.subscribe("x/#", {});
  a.subscribe("x/+", {});
  b.subscribe("x/y", {});
  b.publish("x/y", "1", never);
  CHECK(broker.run() == 2);
  CHECK(at_a.messages.size() == 1);
  CHECK(at_b.messages.size() == 1);
  CHECK(b.stats().sent == 1);
  CHECK(a.stats().received == 1);
}

TEST_CASE_FIXTURE(two_links, "the broker does what it is asked in order") {
  start();
  b.publish("t", "before", never);
  a.subscribe("t", {});
  b.publish("t", "between", never);
  broker.run();
  a.unsubscribe("t");
  b.publish("t", "after", never);
  broker.run();
  REQUIRE(at_a.messages.size() == 1);
  CHECK(at_a.messages[0].payload == "between");
  CHECK(a.filters().empty());
}

TEST_CASE_FIXTURE(two_links, "a retained message goes to later subscribers, marked") {
  start();
  b.subscribe("t/+", {});
  broker.run();
  b.publish("t/1", "kept", never, {.retain = true});
  broker.run();
  CHECK(at_b.messages == std::vector<link_recorder::message>{{"t/1", "kept", false}});
  a.subscribe("t/#", {});
  CHECK(broker.run() == 1);
  CHECK(at_a.messages == std::vector<link_recorder::message>{{"t/1", "kept", true}});
  a.subscribe("t/#", note());
  CHECK(broker.run() == 0);
  CHECK(answers.size() == 1);
  b.publish("t/1", "", never, {.retain = true});
  broker.run();
  a.unsubscribe("t/#");
  a.subscribe("t/#", {});
  CHECK(broker.run() == 0);
}

TEST_CASE_FIXTURE(two_links, "a denied subscription gets nothing and says so") {
  broker.deny("secret/");
  start();
  a.subscribe("secret/x", note());
  a.subscribe("open", note());
  b.publish("secret/x", "1", never);
  broker.run();
  CHECK(answers == std::vector<error_code>{errc::denied, {}});
  CHECK(at_a.messages.empty());
}

TEST_CASE_FIXTURE(two_links, "an outage loses what is queued and keeps the subscriptions") {
  start();
  a.subscribe("t", note());
  broker.run();
  b.publish("t", "lost", never);
  broker.go_down();
  CHECK_FALSE(a.up());
  CHECK(at_a.downs == 1);
  CHECK_FALSE(at_a.why.empty());
  CHECK(b.publish("t", "refused", never) == errc::not_connected);
  CHECK(b.stats().refused == 1);
  CHECK(broker.run() == 0);
  CHECK_FALSE(a.up());
  broker.come_up();
  broker.run();
  CHECK(at_a.ups == 2);
  b.publish("t", "new", never);
  CHECK(broker.run() == 1);
  CHECK(at_a.messages.at(0).payload == "new");
  CHECK(answers.size() == 1);
}

TEST_CASE_FIXTURE(two_links, "a subscription asked for during an outage is confirmed after it") {
  start();
  broker.go_down();
  a.subscribe("t", note());
  broker.run();
  CHECK(answers.empty());
  broker.come_up();
  broker.run();
  CHECK(answers.size() == 1);
}

TEST_CASE_FIXTURE(two_links, "what may not be a topic is refused") {
  start();
  CHECK(a.publish("", "1", never) == errc::invalid_topic);
  CHECK(a.publish("a/+", "1", never) == errc::invalid_topic);
  CHECK(a.publish("a/#", "1", never) == errc::invalid_topic);
  CHECK(a.publish(std::string_view("a\0b", 3), "1", never) == errc::invalid_topic);
}

TEST_CASE_FIXTURE(two_links, "a stopped link has sent what it was given, and receives nothing more") {
  start();
  a.subscribe("t", {});
  b.subscribe("t", {});
  broker.run();
  b.subscribe("u", note());
  b.publish("t", "last", never);
  int stopped = 0;
  b.stop(1s, [&] { ++stopped; });
  CHECK(stopped == 0);
  CHECK_FALSE(b.up());
  CHECK(b.publish("t", "too late", never) == errc::closed);
  broker.run();
  CHECK(stopped == 1);
  CHECK(answers == std::vector<error_code>{errc::closed});
  CHECK(at_a.messages.size() == 1);
  CHECK(at_b.messages.empty());
  CHECK(at_b.downs == 0);
}

TEST_CASE_FIXTURE(two_links, "a completion handler reports that a message was written, afterwards and once") {
  start();
  b.subscribe("t", {});
  broker.run();
  const auto noted = note();
  CHECK_FALSE(a.publish("t", "1", never, {}, [&](error_code e) {
    CHECK(at_b.got("1"));
    noted(e);
  }));
  CHECK(answers.empty());
  broker.run();
  CHECK(answers == std::vector<error_code>{{}});
  CHECK(a.publish("a/+", "2", never, {}, note()) == errc::invalid_topic);
  broker.run();
  CHECK(answers.size() == 1);
}

TEST_CASE_FIXTURE(
    two_links,
    "a completion handler reports that a message was denied, lost in an outage, or dropped at a stop") {
  broker.deny_publishing("secret/");
  start();
  b.subscribe("#", {});
  broker.run();
  CHECK_FALSE(a.publish("secret/x", "1", never, {}, note()));
  broker.run();
  CHECK(answers == std::vector<error_code>{errc::denied});
  CHECK(at_b.messages.empty());
  CHECK(a.stats().denied == 1);
  a.publish("t", "2", never, {}, note());
  broker.go_down();
  broker.run();
  CHECK(answers.at(1) == errc::not_connected);
  broker.come_up();
  broker.run();
  a.publish("t", "3", never, {}, note());
  a.stop(1s, {});
  broker.run();
  REQUIRE(answers.size() == 3);
  CHECK_FALSE(answers[2]);
  CHECK(at_b.got("3"));
}

TEST_CASE_FIXTURE(two_links, "a last will comes when a link is lost, and not when it is stopped") {
  start();
  b.subscribe("state", {});
  auto c = std::make_unique<memory_link>(broker, "c", last_will{"state", "OFFLINE", true});
  link_recorder at_c;
  c->start(at_c);
  broker.run();
  SUBCASE("stopped") {
    c->stop(1s, {});
    broker.run();
    c.reset();
    broker.run();
    CHECK(at_b.messages.empty());
  }
  SUBCASE("dropped, and up again") {
    broker.drop(*c);
    CHECK(at_c.downs == 1);
    CHECK_FALSE(c->up());
    CHECK(at_b.downs == 0);
    broker.run();
    CHECK(at_b.messages == std::vector<link_recorder::message>{{"state", "OFFLINE", false}});
    CHECK(c->up());
    CHECK(at_c.ups == 2);
    a.subscribe("state", {});
    broker.run();
    CHECK(at_a.messages == std::vector<link_recorder::message>{{"state", "OFFLINE", true}});
  }
  SUBCASE("destroyed") {
    c.reset();
    broker.run();
    CHECK(at_b.got("OFFLINE"));
  }
  SUBCASE("with the broker") {
    broker.go_down();
    broker.run();
    CHECK(at_b.messages.empty());
    broker.come_up();
    broker.run();
    CHECK(at_b.messages == std::vector<link_recorder::message>{{"state", "OFFLINE", true}});
  }
}

TEST_CASE_FIXTURE(two_links, "a message that is not written when its link is dropped fails") {
  start();
  a.publish("t", "1", never, {}, note());
  broker.drop(a);
  broker.run();
  CHECK(answers == std::vector<error_code>{errc::not_connected});
}

TEST_CASE_FIXTURE(two_links, "a link that is gone leaves its messages and takes its handlers along") {
  start();
  a.subscribe("t", {});
  broker.run();
  auto c = std::make_unique<memory_link>(broker, "c");
  link_recorder at_c;
  c->start(at_c);
  broker.run();
  c->subscribe("t", note());
  c->publish("t", "from the grave", never);
  c.reset();
  CHECK(broker.run() == 1);
  CHECK(at_a.messages.size() == 1);
  CHECK(answers.empty());
}
