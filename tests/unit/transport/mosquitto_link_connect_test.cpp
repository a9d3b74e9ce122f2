#include <support/fake_broker.hpp>
#include <support/private_broker.hpp>
#include <support/raw_publish.hpp>

#include "log_catcher.hpp"
#include "mosquitto_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;
using greeting = fake_broker::greeting;

namespace {

struct connect_fixture {
  event_loop loop;
  system_clock time;

  client make(link_options options) { return {loop, std::move(options), time}; }
};

}  // namespace

TEST_CASE_FIXTURE(connect_fixture,
                  "a broker that refuses MQTT 5 gets 3.1.1 at once, and straight away the next time") {
  for (const auto how : {greeting::refuse_version_5, greeting::hang_up_version_5}) {
    fake_broker broker(loop.context(), how);
    auto c = make(options_for(broker.port()));
    c.start_and_wait();
    CHECK(broker.levels() == std::vector<int>{5, 4});
    CHECK(c.reported.downs == 0);
    broker.drop_clients();
    REQUIRE(loop.run_until([&] { return c.reported.ups == 2; }));
    CHECK(broker.levels() == std::vector<int>{5, 4, 4});
    CHECK(c.reported.downs == 1);
  }
}

TEST_CASE_FIXTURE(connect_fixture, "a version that was asked for is not fallen back from") {
  fake_broker broker(loop.context(), greeting::refuse_version_5);
  auto c = make(options_for(broker.port(), mqtt_protocol::v5));
  c.l->start(c.reported);
  REQUIRE(loop.run_until([&] { return broker.levels().size() == 2; }));
  CHECK(broker.levels() == std::vector<int>{5, 5});
  CHECK_FALSE(c.l->up());
  CHECK(c.reported.downs == 1);
}

TEST_CASE_FIXTURE(connect_fixture, "subscriptions are made again after the broker was killed") {
  private_broker broker;
  auto c = make(options_for(broker.port()));
  c.start_and_wait();
  for (int i = 0; i < 20; ++i) CHECK_FALSE(c.subscribe_and_wait("t/" + std::to_string(i)));
  broker.kill();
  REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
  CHECK_FALSE(c.l->up());
  CHECK_FALSE(c.reported.why.empty());
  broker.restart();
  REQUIRE(loop.run_until([&] { return c.reported.ups == 2; }));
  // These are sent after the subscriptions.
  for (int i = 0; i < 20; ++i) CHECK_FALSE(c.publish("t/" + std::to_string(i), std::to_string(i)));
  REQUIRE(c.waits_for("19"));
  CHECK(c.reported.messages.size() == 20);
  CHECK(c.l->stats().connects == 2);
}

TEST_CASE_FIXTURE(connect_fixture, "nothing published while the broker is away arrives later") {
  private_broker broker;
  auto options = options_for(broker.port());
  options.qos = 1;  // the library would queue such messages and send them after the reconnect
  auto c = make(options);
  c.start_and_wait();
  CHECK_FALSE(c.subscribe_and_wait("t"));
  broker.kill();
  REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
  CHECK(c.publish("t", "stale") == errc::not_connected);
  CHECK(c.l->stats().refused == 1);
  broker.restart();
  REQUIRE(loop.run_until([&] { return c.reported.ups == 2; }));
  CHECK_FALSE(c.publish("t", "fresh"));
  REQUIRE(c.waits_for("fresh"));
  CHECK(c.reported.messages.size() == 1);
}

TEST_CASE_FIXTURE(connect_fixture,
                  "the first connection comes when the broker does, and one line tells of the outage") {
  const log_catcher log;
  private_broker broker;
  broker.kill();
  auto c = make(options_for(broker.port()));
  std::optional<error_code> answer;
  c.l->subscribe("t", [&](error_code e) { answer = e; });
  c.l->start(c.reported);
  CHECK(c.publish("t", "x") == errc::not_connected);
  REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
  CHECK(c.reported.why.find("refused") != std::string::npos);
  CHECK(c.reported.cause.is(outage_cause::kind::connection_refused));
  REQUIRE(loop.run_until([&] { return log.count("debug: broker test: trying") == 3; }));
  CHECK(c.reported.downs == 1);
  CHECK(log.count("warning: broker test is not connected: ") == 1);
  CHECK_FALSE(answer);
  broker.restart();
  REQUIRE(loop.run_until([&] { return answer.has_value(); }));
  CHECK_FALSE(*answer);
  CHECK(c.l->up());
  CHECK(log.count("info: connected to broker test (127.0.0.1:" + std::to_string(broker.port()) +
                  ", MQTT 5)") == 1);
}

TEST_CASE_FIXTURE(connect_fixture,
                  "a wrong password keeps the link down, and the words say what to look at") {
  private_broker broker({.username = "gateway", .password = "right"});
  for (const auto protocol : {mqtt_protocol::automatic, mqtt_protocol::v311}) {
    const log_catcher log;
    auto options = options_for(broker.port(), protocol);
    options.username = "gateway";
    options.password = secret("wrong");
    auto c = make(options);
    c.l->start(c.reported);
    REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
    CHECK_FALSE(c.l->up());
    CHECK(c.reported.why.find("password") != std::string::npos);
    CHECK((c.reported.cause.is(outage_cause::kind::not_authorized) ||
           c.reported.cause.is(outage_cause::kind::bad_credentials)));
    CHECK(c.l->stats().connects == 0);
    CHECK(log.count("warning: broker test is not connected: refused by the broker") == 1);
    CHECK(log.count("wrong") == 0);

    options.password = secret("right");
    auto welcome = make(options);
    welcome.start_and_wait();
    CHECK(welcome.l->up());
  }
}

TEST_CASE_FIXTURE(connect_fixture,
                  "the broker publishes the last will of a link that it loses, not of one that stops") {
  private_broker broker;
  for (const auto protocol : {mqtt_protocol::v5, mqtt_protocol::v311}) {
    for (const int qos : {0, 1}) {
      CAPTURE(qos);
      auto watcher = make(options_for(broker.port()));
      watcher.start_and_wait();
      CHECK_FALSE(watcher.subscribe_and_wait("state/+"));
      auto options = options_for(broker.port(), protocol);
      options.qos = qos;
      options.will = last_will{"state/stopped", "OFFLINE", false};
      auto stopped = make(options);
      stopped.start_and_wait();
      stopped.stop_and_wait(30s);
      options.will = last_will{"state/lost", "OFFLINE", true};
      auto lost = make(options);
      lost.start_and_wait();
      lost.l.reset();  // closes its socket without a DISCONNECT
      REQUIRE(watcher.waits_for("OFFLINE"));
      CHECK(watcher.reported.messages ==
            std::vector<link_recorder::message>{{"state/lost", "OFFLINE", false}});
      auto late = make(options_for(broker.port()));
      late.start_and_wait();
      CHECK_FALSE(late.subscribe_and_wait("state/+"));
      REQUIRE(late.waits_for("OFFLINE"));
      CHECK(late.reported.messages.at(0).retained);
      raw_publish(broker.port(), "state/lost", "", true);
    }
  }
}

TEST_CASE_FIXTURE(connect_fixture, "an invalid last will is reported, and no connection is made") {
  private_broker broker;
  auto options = options_for(broker.port());
  SUBCASE("topic") { options.will = last_will{"state/+", "OFFLINE", true}; }
  SUBCASE("payload") { options.will = last_will{"state", std::string(70'000, 'x'), true}; }
  auto c = make(options);
  c.l->start(c.reported);
  REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
  CHECK(c.reported.why.starts_with("the last will cannot be set: "));
  CHECK(c.reported.cause.is(outage_cause::kind::will_refused));
  CHECK(c.l->stats().connects == 0);
}

TEST_CASE_FIXTURE(connect_fixture, "a name that does not resolve is an outage with a message") {
  auto options = options_for(1883);
  options.host = "no-such-host.invalid";
  auto c = make(options);
  c.l->start(c.reported);
  REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
  CHECK(c.reported.why.find("resolve") != std::string::npos);
  CHECK(c.reported.cause.is(outage_cause::kind::name_unknown));
}

TEST_CASE_FIXTURE(connect_fixture, "a link may be destroyed in any state") {
  private_broker broker;
  fake_broker silent(loop.context(), greeting::silence);
  auto named = options_for(broker.port());
  named.host = "localhost";
  SUBCASE("before it was started") { make(options_for(broker.port())); }
  SUBCASE("while it resolves a name") {
    auto c = make(named);
    c.l->start(c.reported);
    loop.context().poll();
  }
  SUBCASE("while it waits for the broker's answer") {
    auto c = make(options_for(silent.port()));
    c.l->start(c.reported);
    REQUIRE(loop.run_until([&] { return silent.levels().size() == 1; }));
  }
  SUBCASE("while it waits for the next try") {
    auto c = make(options_for(1));
    c.l->start(c.reported);
    REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
  }
  SUBCASE("while it has messages to send") {
    auto c = make(options_for(broker.port()));
    c.start_and_wait();
    for (int i = 0; i < 1000; ++i) CHECK_FALSE(c.publish("t", "x"));
  }
  SUBCASE("while it stops") {
    auto c = make(options_for(broker.port()));
    c.start_and_wait();
    CHECK_FALSE(c.publish("t", "x"));
    c.l->stop(10s, [] { FAIL("the link is gone"); });
  }
  // Remaining handlers must do nothing.
  while (loop.context().poll() > 0) continue;
}

TEST_CASE_FIXTURE(connect_fixture, "a broker that never answers is an outage, and is tried again") {
  fake_broker broker(loop.context(), greeting::silence);
  auto options = options_for(broker.port());
  options.connect_timeout = 50ms;
  auto c = make(options);
  c.l->start(c.reported);
  REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
  CHECK(c.reported.why == "no answer within 50ms");
  broker.greet(greeting::accept);
  REQUIRE(loop.run_until([&] { return c.l->up(); }));
  CHECK(broker.levels() == std::vector<int>{5, 5});
}

TEST_CASE_FIXTURE(connect_fixture, "a broker that disconnects us and says why is quoted") {
  fake_broker broker(loop.context(), greeting::accept);
  auto c = make(options_for(broker.port()));
  c.start_and_wait();
  broker.disconnect_clients('\x8e');  // session taken over: another client has the same id
  REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
  CHECK(c.reported.why.find("taken over") != std::string::npos);
  CHECK(c.reported.cause.is(outage_cause::kind::client_id_taken));
  REQUIRE(loop.run_until([&] { return c.reported.ups == 2; }));
  broker.disconnect_clients('\x87');  // not authorized
  REQUIRE(loop.run_until([&] { return c.reported.downs == 2; }));
  CHECK(c.reported.cause.is(outage_cause::kind::rights_withdrawn));
}

TEST_CASE_FIXTURE(connect_fixture, "a broker of several servers is connected at the first that is there") {
  const log_catcher log;
  private_broker first;
  private_broker second;
  first.kill();
  auto options = options_for(first.port());
  options.fallbacks = {{"127.0.0.1", second.port()}};
  const auto at = [](const private_broker& b) { return "127.0.0.1:" + std::to_string(b.port()); };
  auto c = make(options);
  c.start_and_wait();
  CHECK(c.reported.downs == 0);
  CHECK(log.count("info: connected to broker test (" + at(second)) == 1);
  CHECK_FALSE(c.subscribe_and_wait("t"));

  first.restart();
  second.kill();
  REQUIRE(loop.run_until([&] { return c.reported.ups == 2; }));
  CHECK(log.count("info: connected to broker test (" + at(first)) == 1);
  CHECK_FALSE(c.publish("t", "to the other one"));
  REQUIRE(c.waits_for("to the other one"));

  first.kill();
  REQUIRE(loop.run_until([&] { return c.reported.downs == 2; }));
  second.restart();
  REQUIRE(loop.run_until([&] { return c.reported.ups == 3; }));
  CHECK(log.count("info: connected to broker test (" + at(second)) == 2);
}

TEST_CASE_FIXTURE(connect_fixture, "an outage of all servers names each of them, in one line") {
  const log_catcher log;
  private_broker away;
  private_broker strict({.username = "gateway", .password = "right"});
  away.kill();
  auto options = options_for(away.port());
  options.fallbacks = {{"no-such-host.invalid", 1883}, {"127.0.0.1", strict.port()}};
  auto c = make(options);
  c.l->start(c.reported);
  REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
  const auto& why = c.reported.why;
  CAPTURE(why);
  CHECK(why.starts_with("Connection refused: no broker listens there (127.0.0.1:" +
                        std::to_string(away.port()) + "); cannot resolve the name: "));
  CHECK(why.find("(no-such-host.invalid:1883); refused by the broker: ") != std::string::npos);
  CHECK(why.ends_with("(127.0.0.1:" + std::to_string(strict.port()) + ')'));
  CHECK(c.reported.cause.attempts().size() == 3);
  CHECK(c.reported.cause.is(outage_cause::kind::connection_refused));
  CHECK(c.reported.cause.is(outage_cause::kind::name_unknown));
  CHECK(log.count("warning: broker test is not connected: " + why + "; retrying") == 1);
}

TEST_CASE_FIXTURE(connect_fixture, "each server is spoken to in its own version of MQTT") {
  fake_broker modern(loop.context(), greeting::accept);
  fake_broker old(loop.context(), greeting::hang_up_version_5);
  auto options = options_for(modern.port());
  options.fallbacks = {{"127.0.0.1", old.port()}};
  auto c = make(options);
  c.start_and_wait();
  modern.greet(greeting::hang_up);
  modern.drop_clients();
  REQUIRE(loop.run_until([&] { return c.reported.ups == 2; }));
  CHECK(old.levels() == std::vector<int>{5, 4});
}
