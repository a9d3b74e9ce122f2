#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <mqcoap/gateway/gateway_host.hpp>
#include <mqcoap/protocol/presence.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "gateway_fixture.hpp"
#include "settling_gateway.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

host_configuration on_brokers(const std::vector<link_options>& brokers, const char* tag = "GW_1") {
  gateway_options options{80, default_namespace(), {}, {}, {}, {}};
  options.devices.push_back({*device_tag::parse(tag), {}, {}, {}, true});
  options.proxy.forward = *device_tag::parse(tag);
  options.proxy.routes.emplace_back();
  return {std::move(options), brokers};
}

link_options broker_of(const char* name, std::uint16_t port = 1883) {
  link_options options;
  options.name = name;
  options.port = port;
  return options;
}

struct host_fixture {
  manual_clock time;
  hand_alarm wake;
  memory_broker broker;
  memory_link outside{broker, "outside"};
  desk caller{broker};
  int connected = 0;
  bool connecting_fails = false;
  int stopped = 0;
  std::vector<std::string> presence;
  std::unique_ptr<gateway_host> tested;

  host_fixture() {
    broker.watch([this](const memory_link&, std::string_view topic, std::string_view payload,
                        const publish_options& how) {
      if (how.retain && topic.ends_with("/presence")) presence.emplace_back(payload);
    });
    tested = std::make_unique<gateway_host>(on_brokers({broker_of("main")}), environment(), gateway_hooks{});
    tested->start();
    settle();
  }

  host_environment environment() {
    return {time, wake,
            [this](const link_options& o) -> std::unique_ptr<mqcoap::link> {
              if (connecting_fails) throw std::runtime_error("no memory for a connection");
              ++connected;
              return std::make_unique<memory_link>(broker, o.name);
            },
            [this](const link_options& o) -> std::unique_ptr<mqcoap::link> {
              return std::make_unique<memory_link>(broker, o.client_id, o.will);
            }};
  }
  void settle() {
    if (tested) return test::settle(broker, wake, time, *tested);
    broker.run();
  }
  void elapse(std::chrono::milliseconds by) {
    time.advance(by);
    settle();
  }
  /// Sends a request to a device that never answers.
  void ask_mute_device() {
    caller.send({.path = "MUTE_1/s/x", .subsystem = "proxy"});
    settle();
  }
  std::string last_presence() const { return presence.empty() ? "" : read_presence(presence.back())->state; }
};

}  // namespace

TEST_CASE_FIXTURE(host_fixture, "a host serves and announces its devices once the broker has confirmed") {
  CHECK(tested->running().subscribed());
  CHECK(connected == 1);
  CHECK(last_presence() == "ONLINE");
  CHECK(tested->presences().rivals.empty());
}

TEST_CASE_FIXTURE(host_fixture, "a broker with the same options keeps its connection over a reload") {
  const auto* const before = tested->running().links().front();
  tested->reconfigure(on_brokers({broker_of("main"), broker_of("second")}, "GW_9"));
  settle();
  CHECK(connected == 2);
  CHECK(tested->running().links().front() == before);
  REQUIRE(tested->running().links().size() == 2);
  CHECK(tested->running().links().back()->up());
}

TEST_CASE_FIXTURE(host_fixture, "a connection whose client id is taken waits until the old one has gone") {
  broker.keep_client_ids_apart();
  const auto* const before = tested->running().links().front();
  ask_mute_device();
  tested->reconfigure(on_brokers({broker_of("main", 1884)}));  // the link's client id is its name
  const auto* const after = tested->running().links().front();
  settle();
  CHECK(connected == 2);
  CHECK(before->up());  // the request in flight is answered there
  CHECK_FALSE(after->up());
  elapse(5s);
  REQUIRE(caller.answers.size() == 1);
  CHECK(after->up());
  CHECK(tested->running().subscribed());
  CHECK(last_presence() == "ONLINE");
}

TEST_CASE_FIXTURE(host_fixture, "a reload that fails changes nothing") {
  connecting_fails = true;
  CHECK_THROWS(tested->reconfigure(on_brokers({broker_of("other")}, "GW_2")));
  settle();
  CHECK(tested->running().devices().contains("GW_1"));
  CHECK(tested->running().links().front()->name() == "main");
  CHECK(last_presence() == "ONLINE");
}

TEST_CASE_FIXTURE(host_fixture,
                  "a stop waits for the answers in flight, announces OFFLINE and closes everything") {
  ask_mute_device();
  tested->stop(10s, [this] { ++stopped; });
  settle();
  CHECK(stopped == 0);
  CHECK(tested->stopping());
  elapse(4s);  // the timeout of the route
  CHECK(stopped == 1);
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers.front().find("504") != std::string::npos);
  CHECK(last_presence() == "OFFLINE");
  CHECK_FALSE(tested->running().links().front()->up());
}

TEST_CASE_FIXTURE(host_fixture, "a stop waits no longer than its time limit") {
  ask_mute_device();
  tested->stop(1s, [this] { ++stopped; });
  settle();
  elapse(999ms);
  CHECK(stopped == 0);
  CHECK(caller.answers.empty());
  elapse(1ms);
  CHECK(stopped == 1);
  CHECK(caller.answers.size() == 1);
}

TEST_CASE_FIXTURE(host_fixture, "nothing is reloaded or stopped twice once a host stops") {
  tested->stop(1s, [this] { ++stopped; });
  tested->stop(1s, [this] { ++stopped; });
  tested->reconfigure(on_brokers({broker_of("other")}));
  settle();
  CHECK(stopped == 1);
  CHECK(connected == 1);
}

TEST_CASE_FIXTURE(host_fixture, "a host that is destroyed while it stops answers and notifies nobody") {
  ask_mute_device();
  tested->stop(10s, [this] { ++stopped; });
  settle();
  tested.reset();
  broker.run();
  CHECK(stopped == 0);
}
