#include <doctest/doctest.h>

#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/resource/reply/reply.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <status_text.hpp>
#include <string>

#include "support/lab/desk.hpp"
#include "support/lab/hand_alarm.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

gateway_options one_device() {
  gateway_options options{0, default_namespace(), {}, {}, {}, {}};
  reply_options pong;
  pong.body = json_text::from_string("pong");
  options.devices.push_back({*device_tag::parse("GW_1"), {}, {}, {{"ping", {}, {}, pong}}});
  return options;
}

struct status_fixture {
  manual_clock time;
  test::hand_alarm wake;
  memory_broker here, there;
  memory_link lab{here, "lab"};
  memory_link site{there, "site"};
  test::desk caller{here};
  gateway running{one_device(), {&lab, &site}, time, wake};
  status_text tested{running, time};

  void ping(int times) {
    for (int i = 0; i < times; ++i) {
      caller.send({.path = "ping"});
      here.run();
    }
  }
};

}  // namespace

TEST_CASE_FIXTURE(status_fixture,
                  "the status counts brokers and devices, and names the brokers that are down") {
  CHECK(tested.now() == "0 of 2 brokers up (down: lab, site), 1 device, 0.0 requests/s");
  running.start();
  here.run();
  there.run();
  CHECK(tested.now() == "2 of 2 brokers up, 1 device, 0.0 requests/s");
  there.go_down();
  CHECK(tested.now() == "1 of 2 brokers up (down: site), 1 device, 0.0 requests/s");
}

TEST_CASE_FIXTURE(status_fixture, "the rate is that since it was asked for before") {
  running.start();
  here.run();
  there.run();
  ping(25);
  time.advance(10s);
  CHECK(tested.now() == "2 of 2 brokers up, 1 device, 2.5 requests/s");
  ping(30);
  time.advance(2s);
  CHECK(tested.now() == "2 of 2 brokers up, 1 device, 15 requests/s");
  time.advance(1s);
  CHECK(tested.now() == "2 of 2 brokers up, 1 device, 0.0 requests/s");
}

TEST_CASE_FIXTURE(status_fixture, "the outcome of the last reload is shown on one line") {
  tested.set_reload({{}, false, "2 errors; the first: a.yaml:3: unknown\nkey"});
  CHECK(tested.now().ends_with(" requests/s; reload failed: 2 errors; the first: a.yaml:3: unknown?key"));
  tested.set_reload({{}, true, "1 device, 0 routes"});
  CHECK(tested.now().ends_with(" requests/s; reloaded"));
}
