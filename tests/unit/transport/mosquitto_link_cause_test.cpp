#include <support/fake_broker.hpp>
#include <support/private_broker.hpp>

#include "log_catcher.hpp"
#include "mosquitto_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;
using greeting = fake_broker::greeting;

namespace {

struct cause_fixture {
  event_loop loop;
  manual_clock time;
  log_catcher log;

  client make(link_options options) { return {loop, std::move(options), time}; }
  /// Publishes a packet that is large enough to be considered the cause of an outage.
  void publish_large(client& c, const fake_broker& broker) {
    const auto before = broker.topics().size();
    REQUIRE_FALSE(c.publish("t", std::string(5000, 'x')));
    REQUIRE(loop.run_until([&] { return broker.topics().size() > before; }));
  }
  /// Publishes a large packet and then lets the connection be lost. @param last  causes the loss
  template <class Last>
  void lose_behind_large(client& c, const fake_broker& broker, Last last) {
    publish_large(c, broker);
    const int before = c.reported.downs;
    last();
    REQUIRE(loop.run_until([&] { return c.reported.downs == before + 1; }));
  }
  bool says(const client& c, const std::string& message) {
    CAPTURE(c.reported.why);
    return c.reported.why.find(message) != std::string::npos;
  }
};

}  // namespace

TEST_CASE_FIXTURE(cause_fixture, "a broker that answers pings and acknowledges nothing is given up") {
  fake_broker broker(loop.context(), greeting::accept);
  broker.acknowledge(false);
  for (const auto protocol : {mqtt_protocol::v5, mqtt_protocol::v311}) {
    auto options = options_for(broker.port(), protocol);
    options.qos = 1;
    auto c = make(options);
    c.start_and_wait();
    std::optional<error_code> answer;
    CHECK_FALSE(c.l->publish("t", "x", never, {}, [&](error_code e) { answer = e; }));
    REQUIRE(loop.run_until([&] {
      time.advance(10s);
      return c.reported.downs == 1;
    }));
    CHECK(says(c, "has acknowledged nothing (PUBACK) since 2025-04-24 22:"));
    CHECK(says(c, " UTC, for "));
    REQUIRE(loop.run_until([&] { return answer.has_value(); }));
    CHECK(*answer == errc::not_connected);
    REQUIRE(loop.run_until([&] { return c.reported.ups == 2; }));
  }
  CHECK(log.count(
            "warning: broker test is not connected: the broker answers, but has acknowledged nothing") == 2);
}

TEST_CASE_FIXTURE(cause_fixture,
                  "a keepalive below the shortest leaves a broker the shortest to acknowledge") {
  fake_broker broker(loop.context(), greeting::accept);
  broker.acknowledge(false);
  auto options = options_for(broker.port());
  options.qos = 1;
  options.keepalive = 0s;
  auto c = make(options);
  c.start_and_wait();
  CHECK_FALSE(c.publish("t", "x"));
  REQUIRE(loop.run_until([&] {
    time.advance(5s);
    return c.reported.downs == 1;
  }));
  CHECK(says(c, " UTC, for "));
  CHECK_FALSE(says(c, " UTC, for 0"));
}

TEST_CASE_FIXTURE(cause_fixture,
                  "connections that end soon, twice, ask for another client with the same id") {
  fake_broker broker(loop.context(), greeting::throw_off);
  auto options = options_for(broker.port(), mqtt_protocol::v311);
  options.client_id = "lab-gateway";
  auto c = make(options);
  c.l->start(c.reported);
  REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
  CHECK_FALSE(says(c, "another client"));
  REQUIRE(loop.run_until([&] { return c.reported.downs == 2; }));
  CHECK(says(c, "does another client use the id 'lab-gateway'?"));
  CHECK(log.count("does another client use the id 'lab-gateway'?") == 1);
}

TEST_CASE_FIXTURE(cause_fixture, "connections that last for two seconds do not ask") {
  fake_broker broker(loop.context(), greeting::accept);
  auto c = make(options_for(broker.port(), mqtt_protocol::v311));
  c.l->start(c.reported);
  for (int i = 1; i <= 3; ++i) {
    REQUIRE(loop.run_until([&] { return c.reported.ups == i; }));
    time.advance(2s);
    broker.drop_clients();
    REQUIRE(loop.run_until([&] { return c.reported.downs == i; }));
    CHECK_FALSE(says(c, "another client"));
  }
}

TEST_CASE_FIXTURE(cause_fixture,
                  "a connection that lasts for ten seconds begins the count from the beginning") {
  fake_broker broker(loop.context(), greeting::accept);
  auto c = make(options_for(broker.port(), mqtt_protocol::v311));
  c.l->start(c.reported);
  struct connection {
    std::chrono::seconds lasts;
    bool asks;
  };
  int ended = 0;
  for (const auto& each :
       std::vector<connection>{{0s, false}, {3s, false}, {0s, true}, {10s, false}, {0s, false}}) {
    REQUIRE(loop.run_until([&] { return c.reported.ups == ended + 1; }));
    time.advance(each.lasts);
    broker.drop_clients();
    ++ended;
    REQUIRE(loop.run_until([&] { return c.reported.downs == ended; }));
    CAPTURE(ended);
    CHECK(says(c, "does another client use the id") == each.asks);
  }
}

TEST_CASE_FIXTURE(cause_fixture, "a broker that says that another client came is believed at once") {
  fake_broker broker(loop.context(), greeting::accept);
  auto options = options_for(broker.port());
  options.client_id = "lab-gateway";
  auto c = make(options);
  c.start_and_wait();
  broker.disconnect_clients('\x8e');
  REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
  CHECK(says(c, "(another client uses the id 'lab-gateway')"));
  REQUIRE(loop.run_until([&] { return c.reported.ups == 2; }));
  broker.disconnect_clients('\x8e');
  REQUIRE(loop.run_until([&] { return c.reported.downs == 2; }));
  CHECK(says(c, "does another client use the id 'lab-gateway'? 2 connections ended within 2s"));
}

TEST_CASE_FIXTURE(cause_fixture, "connections that end soon and behind large packets ask for both causes") {
  fake_broker broker(loop.context(), greeting::accept);
  auto c = make(options_for(broker.port(), mqtt_protocol::v311));
  c.l->start(c.reported);
  for (int i = 1; i <= 2; ++i) {
    REQUIRE(loop.run_until([&] { return c.reported.ups == i; }));
    publish_large(c, broker);
    broker.drop_clients();
    REQUIRE(loop.run_until([&] { return c.reported.downs == i; }));
    CHECK(says(c, "within a second of the largest packet so far, of 5"));
    CHECK(says(c, "does another client use the id") == (i == 2));
  }
}

TEST_CASE_FIXTURE(cause_fixture,
                  "a broker's word that a packet is too large names the size and no other client") {
  fake_broker broker(loop.context(), greeting::accept);
  auto c = make(options_for(broker.port(), mqtt_protocol::v5));
  c.l->start(c.reported);
  for (int i = 1; i <= 2; ++i) {
    REQUIRE(loop.run_until([&] { return c.reported.ups == i; }));
    publish_large(c, broker);
    broker.disconnect_clients('\x95');
    REQUIRE(loop.run_until([&] { return c.reported.downs == i; }));
    CHECK(says(c, ", the largest packet so far had 5"));
    CHECK_FALSE(says(c, "within a second"));
    CHECK_FALSE(says(c, "another client"));
  }
  CHECK(says(c, "for the second time"));
  REQUIRE(loop.run_until([&] { return c.reported.ups == 3; }));
  broker.drop_clients();
  REQUIRE(loop.run_until([&] { return c.reported.downs == 3; }));
  CHECK_FALSE(says(c, "another client"));
}

TEST_CASE_FIXTURE(cause_fixture,
                  "a connection that is given up here blames neither a size nor another client") {
  fake_broker broker(loop.context(), greeting::accept);
  auto c = make(options_for(broker.port(), mqtt_protocol::v311));
  c.l->start(c.reported);
  for (int i = 1; i <= 2; ++i) {
    REQUIRE(loop.run_until([&] { return c.reported.ups == i; }));
    publish_large(c, broker);
    broker.babble();
    REQUIRE(loop.run_until([&] { return c.reported.downs == i; }));
    CHECK(c.reported.why ==
          "the connection was closed here: A network protocol error occurred when communicating with the "
          "broker");
  }
}

TEST_CASE_FIXTURE(cause_fixture,
                  "a version that was proven is forgotten when its broker is replaced by an older one") {
  fake_broker broker(loop.context(), greeting::accept);
  auto c = make(options_for(broker.port()));
  c.start_and_wait();
  broker.greet(greeting::hang_up_version_5);
  broker.drop_clients();
  REQUIRE(loop.run_until([&] { return c.reported.ups == 2; }));
  CHECK(broker.levels() == std::vector<int>{5, 5, 5, 5, 5, 5, 4});
}

TEST_CASE_FIXTURE(cause_fixture,
                  "a size at which the broker hangs up is reported, and refused from the second time on") {
  fake_broker broker(loop.context(), greeting::accept);
  broker.limit_packets(4000);
  for (const int qos : {0, 1}) {
    CAPTURE(qos);
    auto options = options_for(broker.port(), mqtt_protocol::v311);
    options.qos = qos;
    auto c = make(options);
    c.start_and_wait();
    CHECK_FALSE(c.publish("t", std::string(3000, 'x')));
    const std::string large(5000, 'x');
    CHECK_FALSE(c.publish("t", large));
    REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
    const auto size = std::to_string(publish_size(1, 5000, qos, false));
    CHECK(says(c, "within a second of the largest packet so far, of " + size + " bytes"));
    CHECK_FALSE(says(c, "another client"));
    CHECK(c.l->largest_packet() == packet_limit{});
    REQUIRE(loop.run_until([&] { return c.reported.ups == 2; }));
    CHECK_FALSE(c.publish("t", large));
    REQUIRE(loop.run_until([&] { return c.reported.downs == 2; }));
    CHECK(says(c, "for the second time"));
    REQUIRE(loop.run_until([&] { return c.reported.ups == 3; }));
    CHECK(c.publish("t", large) == errc::too_large);
    CHECK(c.l->largest_packet() ==
          packet_limit{publish_size(1, 5000, qos, false) - 1, packet_limit::origin::observed});
    const auto before = broker.topics().size();
    CHECK_FALSE(c.publish("t", std::string(3000, 'x')));
    REQUIRE(loop.run_until([&] { return broker.topics().size() == before + 1; }));
    CHECK(c.reported.downs == 2);
  }
}

TEST_CASE_FIXTURE(cause_fixture,
                  "a broker that dies while it talks on behind a large packet blames no size") {
  fake_broker broker(loop.context(), greeting::accept);
  auto c = make(options_for(broker.port(), mqtt_protocol::v311));
  c.start_and_wait();
  publish_large(c, broker);
  for (const auto* payload : {"first", "second"}) {
    broker.deliver("t", payload);
    REQUIRE(c.waits_for(payload));
    time.advance(201ms);
  }
  broker.drop_clients();
  REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
  CHECK(c.reported.why == "the broker closed the connection");
}

TEST_CASE_FIXTURE(cause_fixture, "a broker that is down behind its second large packet blames no size") {
  fake_broker broker(loop.context(), greeting::accept);
  auto c = make(options_for(broker.port(), mqtt_protocol::v311));
  c.start_and_wait();
  lose_behind_large(c, broker, [&] { broker.drop_clients(); });
  REQUIRE(loop.run_until([&] { return c.reported.ups == 2; }));
  lose_behind_large(c, broker, [&] { broker.leave(); });
  CHECK(says(c, "for the second time"));
  CHECK(c.l->largest_packet().from == packet_limit::origin::observed);
  REQUIRE(loop.run_until([&] { return c.reported.downs == 3; }));
  CHECK(says(c, "Connection refused"));
  CHECK(c.l->largest_packet() == packet_limit{});
  CHECK(log.count("info: broker test is down altogether: the size of the last packet is not assumed") == 1);
}

TEST_CASE_FIXTURE(cause_fixture, "a server of the name that has always been down clears no size") {
  fake_broker away(loop.context(), greeting::accept);
  fake_broker broker(loop.context(), greeting::accept);
  auto options = options_for(away.port(), mqtt_protocol::v311);
  options.fallbacks = {{"127.0.0.1", broker.port()}};
  away.leave();
  auto c = make(options);
  c.start_and_wait();
  for (int i = 2; i <= 3; ++i) {
    lose_behind_large(c, broker, [&] { broker.drop_clients(); });
    REQUIRE(loop.run_until([&] { return c.reported.ups == i; }));
  }
  CHECK(c.l->largest_packet().from == packet_limit::origin::observed);
}

TEST_CASE_FIXTURE(cause_fixture, "a limit that was observed is tried again after ten minutes") {
  fake_broker broker(loop.context(), greeting::accept);
  auto c = make(options_for(broker.port(), mqtt_protocol::v311));
  c.start_and_wait();
  for (int i = 2; i <= 3; ++i) {
    lose_behind_large(c, broker, [&] { broker.drop_clients(); });
    REQUIRE(loop.run_until([&] { return c.reported.ups == i; }));
  }
  CHECK(c.publish("t", std::string(5000, 'x')) == errc::too_large);
  time.advance(10min);
  REQUIRE(loop.run_until([&] { return c.l->largest_packet() == packet_limit{}; }));
  CHECK(log.count("info: broker test: packets of any size are sent again") == 1);
  publish_large(c, broker);
}

TEST_CASE_FIXTURE(cause_fixture, "a packet over `max_packet` is refused, one of that size is sent") {
  private_broker broker;
  for (const auto protocol : {mqtt_protocol::v5, mqtt_protocol::v311}) {
    auto options = options_for(broker.port(), protocol);
    options.max_packet = 2000;
    auto c = make(options);
    c.start_and_wait();
    CHECK(c.l->largest_packet() == packet_limit{2000, packet_limit::origin::configured});
    CHECK_FALSE(c.subscribe_and_wait("t"));
    const std::string fits(2000 - publish_size(1, 200, 0, protocol == mqtt_protocol::v5) + 200, 'x');
    CHECK(c.publish("t", fits + 'x') == errc::too_large);
    CHECK_FALSE(c.publish("t", fits));
    REQUIRE(c.waits_for(fits));
    CHECK(c.l->stats().refused == 1);
  }
}

TEST_CASE_FIXTURE(cause_fixture, "the limit that a broker announces is known, and the narrower one counts") {
  private_broker broker({.lines = "max_packet_size 3000\n"});
  auto options = options_for(broker.port(), mqtt_protocol::v5);
  SUBCASE("nothing is configured") {}
  SUBCASE("more is configured") { options.max_packet = 4000; }
  auto c = make(options);
  c.start_and_wait();
  CHECK(c.l->largest_packet() == packet_limit{3000, packet_limit::origin::announced});
  CHECK_FALSE(c.subscribe_and_wait("t"));
  const std::string fits(3000 - publish_size(1, 200, 0, true) + 200, 'x');
  CHECK(c.publish("t", fits + 'x') == errc::too_large);
  CHECK_FALSE(c.publish("t", fits));
  REQUIRE(c.waits_for(fits));
}

TEST_CASE_FIXTURE(cause_fixture, "a broker that takes dots in topics for slashes is warned of once") {
  fake_broker broker(loop.context(), greeting::accept);
  auto c = make(options_for(broker.port()));
  c.start_and_wait();
  CHECK_FALSE(c.subscribe_and_wait("ns/+/request/GW.1/+"));
  CHECK_FALSE(c.subscribe_and_wait("ns/+/request/GW_2/+"));
  const std::string message =
      "warning: broker test delivers messages for the subscription to ns/+/request/GW.1/+ ";
  broker.deliver("ns/axuv/request/GW_2/1", "as it should be");
  REQUIRE(c.waits_for("as it should be"));
  CHECK(log.count(message) == 0);
  SUBCASE("it does") {
    for (const auto* payload : {"first", "second"}) {
      broker.deliver("ns/axuv/request/GW/1/1", payload);
      REQUIRE(c.waits_for(payload));
    }
    CHECK(log.count(message) == 1);
  }
  SUBCASE("another one, which does, comes to its address") {
    broker.deliver("ns/axuv/request/GW.1/1", "with its dot");
    REQUIRE(c.waits_for("with its dot"));
    for (int i = 2; i <= 3; ++i) {
      broker.drop_clients();
      REQUIRE(loop.run_until([&] { return c.reported.ups == i; }));
      broker.deliver("ns/axuv/request/GW/1/1", "of connection " + std::to_string(i));
      REQUIRE(c.waits_for("of connection " + std::to_string(i)));
    }
    CHECK(log.count(message) == 1);
  }
  SUBCASE("it has shown that it does not") {
    broker.deliver("ns/axuv/request/GW.1/1", "with its dot");
    REQUIRE(c.waits_for("with its dot"));
    broker.deliver("ns/axuv/request/GW/1/1", "somebody else's");
    REQUIRE(c.waits_for("somebody else's"));
    CHECK(log.count(message) == 0);
  }
}
