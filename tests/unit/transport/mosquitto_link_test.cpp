#include <support/fake_broker.hpp>
#include <support/private_broker.hpp>
#include <support/raw_publish.hpp>

#include "mosquitto_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

struct link_fixture {
  event_loop loop;
  system_clock time;

  client make(link_options options) { return {loop, std::move(options), time}; }
};

}  // namespace

TEST_CASE_FIXTURE(link_fixture, "messages pass in both versions of MQTT and at both qualities of service") {
  private_broker broker;
  for (const auto protocol : {mqtt_protocol::v5, mqtt_protocol::v311, mqtt_protocol::automatic}) {
    for (const int qos : {0, 1, 7}) {
      CAPTURE(static_cast<int>(protocol));
      CAPTURE(qos);
      auto options = options_for(broker.port(), protocol);
      options.qos = qos;
      auto sender = make(options);
      auto receiver = make(options);
      sender.start_and_wait();
      receiver.start_and_wait();
      CHECK_FALSE(receiver.subscribe_and_wait("a/+"));
      const std::string body("binary \0 and text", 17);
      CHECK_FALSE(sender.publish("a/b", body));
      CHECK_FALSE(sender.publish("a/c", ""));
      REQUIRE(loop.run_until([&] { return receiver.reported.messages.size() == 2; }));
      CHECK(receiver.reported.messages[0] == link_recorder::message{"a/b", body, false});
      CHECK(receiver.reported.messages[1] == link_recorder::message{"a/c", "", false});
      CHECK(sender.l->stats().sent == 2);
      CHECK(receiver.l->stats().received == 2);
      CHECK(sender.reported.downs == 0);
    }
  }
}

TEST_CASE_FIXTURE(link_fixture, "a host name is resolved, and every address of it tried") {
  private_broker broker;  // only on 127.0.0.1; localhost may resolve to ::1 first
  auto options = options_for(broker.port());
  options.host = "localhost";
  auto c = make(options);
  c.start_and_wait();
  CHECK(c.l->up());
  CHECK(c.reported.downs == 0);
}

TEST_CASE_FIXTURE(link_fixture, "a long topic and a large body pass") {
  private_broker broker({.lines = "max_packet_size 20000000\n"});  // the limit of mosquitto 2.1 is lower
  auto c = make(options_for(broker.port()));
  c.start_and_wait();
  const std::string topic = "t/" + std::string(1000, 'x');
  const std::string body(5u << 20, 'b');  // larger than a single write
  CHECK_FALSE(c.subscribe_and_wait("t/#"));
  CHECK_FALSE(c.publish(topic, body));
  REQUIRE(loop.run_until([&] { return !c.reported.messages.empty(); }));
  CHECK(c.reported.messages[0].topic == topic);
  CHECK(c.reported.messages[0].payload == body);
}

TEST_CASE_FIXTURE(link_fixture, "a retained message is marked as one, a fresh one is not") {
  private_broker broker;
  raw_publish(broker.port(), "t", "kept", true);
  auto c = make(options_for(broker.port()));
  c.start_and_wait();
  CHECK_FALSE(c.subscribe_and_wait("t"));
  REQUIRE(c.waits_for("kept"));
  raw_publish(broker.port(), "t", "fresh", true);
  REQUIRE(c.waits_for("fresh"));
  CHECK(c.reported.messages.at(0).retained);
  CHECK_FALSE(c.reported.messages.at(1).retained);
}

TEST_CASE_FIXTURE(link_fixture, "asking again for a filter confirms again and changes nothing") {
  private_broker broker;
  auto c = make(options_for(broker.port()));
  int confirmed = 0;
  c.l->subscribe("t", [&](error_code e) { confirmed += e ? 0 : 1; });
  c.l->subscribe("t", [&](error_code e) { confirmed += e ? 0 : 1; });
  c.start_and_wait();
  REQUIRE(loop.run_until([&] { return confirmed == 2; }));
  CHECK_FALSE(c.subscribe_and_wait("t"));
  CHECK_FALSE(c.publish("t", "1"));
  CHECK_FALSE(c.publish("t", "2"));
  REQUIRE(c.waits_for("2"));
  CHECK(c.reported.messages.size() == 2);
}

TEST_CASE_FIXTURE(link_fixture, "what is unsubscribed does not come any more") {
  private_broker broker;
  auto c = make(options_for(broker.port()));
  c.start_and_wait();
  CHECK_FALSE(c.subscribe_and_wait("a"));
  CHECK_FALSE(c.subscribe_and_wait("b"));
  c.l->unsubscribe("a");
  c.l->unsubscribe("never asked for");
  CHECK_FALSE(c.publish("a", "unwanted"));
  CHECK_FALSE(c.publish("b", "wanted"));
  REQUIRE(c.waits_for("wanted"));
  CHECK(c.reported.messages.size() == 1);
}

TEST_CASE_FIXTURE(link_fixture, "an invalid topic or filter is rejected before it reaches the library") {
  private_broker broker;
  auto c = make(options_for(broker.port()));
  c.start_and_wait();
  CHECK(c.publish("", "x") == errc::invalid_topic);
  CHECK(c.publish("a/+", "x") == errc::invalid_topic);
  CHECK(c.publish("a/#", "x") == errc::invalid_topic);
  CHECK(c.publish(std::string("a\0b", 3), "x") == errc::invalid_topic);
  CHECK(c.publish("a\xff", "x") == errc::invalid_topic);
  CHECK(c.publish(std::string(70'000, 't'), "x") == errc::invalid_topic);
  CHECK(c.subscribe_and_wait("") == errc::invalid_topic);
  CHECK(c.subscribe_and_wait("a/#/b") == errc::invalid_topic);
  CHECK(c.subscribe_and_wait("a/b+") == errc::invalid_topic);
  CHECK(c.subscribe_and_wait(std::string("a\0b", 3)) == errc::invalid_topic);
  CHECK_FALSE(c.subscribe_and_wait("a"));
  CHECK(c.reported.downs == 0);
}

TEST_CASE_FIXTURE(link_fixture, "a denied subscription is reported, and requested again when wanted") {
  fake_broker broker(loop.context(), fake_broker::greeting::accept);
  broker.deny("secret/");
  for (const auto protocol : {mqtt_protocol::v5, mqtt_protocol::v311}) {
    auto c = make(options_for(broker.port(), protocol));
    c.start_and_wait();
    CHECK(c.subscribe_and_wait("secret/a") == errc::denied);
    CHECK(c.subscribe_and_wait("secret/a") == errc::denied);
    CHECK_FALSE(c.subscribe_and_wait("open"));
  }
  CHECK(broker.filters().size() == 6);
}

TEST_CASE_FIXTURE(link_fixture, "a publish that the broker denies is counted") {
  private_broker broker({.acl = "topic readwrite open/#\n"});
  auto options = options_for(broker.port(), mqtt_protocol::v5);
  options.qos = 1;
  auto c = make(options);
  c.start_and_wait();
  CHECK_FALSE(c.publish("open/a", "x"));
  CHECK_FALSE(c.publish("closed/a", "x"));
  REQUIRE(loop.run_until([&] { return c.l->stats().denied > 0; }));
  CHECK(c.l->stats().denied == 1);
  CHECK(c.l->up());
}

TEST_CASE_FIXTURE(link_fixture, "a message over the limit is dropped and counted") {
  private_broker broker;
  auto options = options_for(broker.port(), mqtt_protocol::v311);
  options.max_inbound = 1000;
  auto c = make(options);
  c.start_and_wait();
  CHECK_FALSE(c.subscribe_and_wait("t"));
  raw_publish(broker.port(), "t", std::string(1001, 'x'));
  raw_publish(broker.port(), "t", std::string(1'000'000, 'x'));
  raw_publish(broker.port(), "t", std::string(1000, 'y'));
  REQUIRE(c.waits_for(std::string(1000, 'y')));
  CHECK(c.reported.messages.size() == 1);
  CHECK(c.l->stats().oversized == 2);
  CHECK(c.l->stats().received == 1);
}

TEST_CASE_FIXTURE(link_fixture, "with MQTT 5 the broker itself keeps back what is far over the limit") {
  private_broker broker;
  auto options = options_for(broker.port(), mqtt_protocol::v5);
  options.max_inbound = 1000;
  auto c = make(options);
  c.start_and_wait();
  CHECK_FALSE(c.subscribe_and_wait("t"));
  raw_publish(broker.port(), "t", std::string(1001, 'x'));
  raw_publish(broker.port(), "t", std::string(1'000'000, 'x'));
  raw_publish(broker.port(), "t", "small");
  REQUIRE(c.waits_for("small"));
  CHECK(c.l->stats().oversized == 1);
  CHECK(c.reported.downs == 0);
}

TEST_CASE_FIXTURE(link_fixture, "a client id is made up where none is given") {
  const auto a = make(options_for(1)).l->client_id();
  const auto b = make(options_for(1)).l->client_id();
  CHECK(a.size() == 7 + 16);
  CHECK(a.starts_with("mqcoap-"));
  CHECK(a.find_first_not_of("0123456789abcdef", 7) == std::string::npos);
  CHECK(a != b);
  auto options = options_for(1);
  options.client_id = "desk-7";
  CHECK(make(options).l->client_id() == "desk-7");
}

TEST_CASE_FIXTURE(link_fixture, "a subscription to others brings what others publish, and not its own") {
  private_broker broker;
  auto other = make(options_for(broker.port()));
  other.start_and_wait();
  auto one = make(options_for(broker.port(), mqtt_protocol::v5));
  one.l->subscribe_to_others({"a/+/#", "no/#/filter", "b/#"});
  one.start_and_wait();
  CHECK_FALSE(one.subscribe_and_wait("fence"));  // sent last, so the earlier ones are confirmed
  CHECK_FALSE(one.publish("a/own", "own"));
  CHECK_FALSE(one.publish("fence", "1"));
  CHECK(one.waits_for("1"));
  CHECK_FALSE(one.reported.got("own"));
  CHECK_FALSE(other.publish("a/b", "another's"));
  CHECK(one.waits_for("another's"));

  one.l->subscribe_to_others({"b/#", "c/#"});
  CHECK_FALSE(one.subscribe_and_wait("fence/2"));
  CHECK_FALSE(other.publish("a/b", "unwanted"));
  CHECK_FALSE(other.publish("b/b", "kept"));
  CHECK_FALSE(other.publish("c/b", "added"));
  CHECK(one.waits_for("added"));
  CHECK(one.reported.got("kept"));
  CHECK_FALSE(one.reported.got("unwanted"));
}

TEST_CASE_FIXTURE(link_fixture, "MQTT 3.1.1 has no subscription to others: nothing comes") {
  private_broker broker;
  auto one = make(options_for(broker.port(), mqtt_protocol::v311));
  one.l->subscribe_to_others({"a/#"});
  one.start_and_wait();
  CHECK_FALSE(one.subscribe_and_wait("fence"));
  auto other = make(options_for(broker.port()));
  other.start_and_wait();
  CHECK_FALSE(other.publish("a/b", "another's"));
  CHECK_FALSE(other.publish("fence", "1"));
  CHECK(one.waits_for("1"));
  CHECK_FALSE(one.reported.got("another's"));
}

TEST_CASE_FIXTURE(link_fixture, "each connection may have its own last will") {
  private_broker broker;
  auto watcher = make(options_for(broker.port()));
  watcher.start_and_wait();
  CHECK_FALSE(watcher.subscribe_and_wait("will"));
  int made = 0;
  for (int i = 1; i <= 2; ++i) {
    auto options = options_for(broker.port());
    options.will = last_will{"will", "never", false, [&made] { return "will " + std::to_string(++made); }};
    auto one = make(options);
    one.start_and_wait();
    one.l.reset();  // without a DISCONNECT
    CHECK(watcher.waits_for("will " + std::to_string(i)));
  }
  CHECK_FALSE(watcher.reported.got("never"));
}
