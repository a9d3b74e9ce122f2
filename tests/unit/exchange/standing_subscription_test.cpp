#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <mqcoap/exchange/standing_subscription.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <string>
#include <vector>

using namespace mqcoap;

namespace {

struct standing_fixture : link_events {
  virtual ~standing_fixture() = default;

  memory_broker broker;
  memory_link link_to{broker, "lab"};
  std::vector<error_code> reported;
  standing_subscription kept{link_to, "a/+", [this](error_code ec) { reported.push_back(ec); }};

  std::function<void()> at_message = [] {};

  void on_link_up(mqcoap::link& l) noexcept override {
    if (&l == &link_to) kept.ask();
  }
  void on_link_down(mqcoap::link& l, const outage_cause&) noexcept override {
    if (&l == &link_to) kept.on_link_down();
  }
  void on_message(mqcoap::link&, const inbound&) noexcept override { at_message(); }

  void start() {
    link_to.start(*this);
    broker.run();
  }
  void reconnect() {
    broker.go_down();
    broker.come_up();
    broker.run();
  }
};

struct quiet final : link_events {
  void on_link_up(mqcoap::link&) noexcept override {}
  void on_link_down(mqcoap::link&, const outage_cause&) noexcept override {}
  void on_message(mqcoap::link&, const inbound&) noexcept override {}
};

}  // namespace

TEST_CASE_FIXTURE(standing_fixture, "it is confirmed once on each connection, and on none in between") {
  start();
  CHECK(kept.confirmed());
  CHECK(reported == std::vector<error_code>{{}});
  broker.go_down();
  CHECK_FALSE(kept.confirmed());
  broker.come_up();
  broker.run();
  CHECK(kept.confirmed());
  CHECK(reported == std::vector<error_code>{{}, {}});
}

TEST_CASE_FIXTURE(standing_fixture,
                  "a denial after a reconnect is reported, although the subscription was granted before") {
  start();
  broker.deny("a");
  reconnect();
  CHECK_FALSE(kept.confirmed());
  CHECK(reported == std::vector<error_code>{{}, errc::denied});
  broker.allow_all();
  kept.ask();
  broker.run();
  CHECK(kept.confirmed());
}

TEST_CASE_FIXTURE(
    standing_fixture,
    "asking again repeats a subscription that the broker ignored, and its answer is reported once") {
  broker.ignore("a");
  start();
  for (int i = 0; i < 3; ++i) kept.ask();
  broker.run();
  CHECK_FALSE(kept.confirmed());
  broker.allow_all();
  kept.ask();
  broker.run();
  CHECK(kept.confirmed());
  CHECK(reported.size() == 1);
}

TEST_CASE_FIXTURE(standing_fixture,
                  "a confirmation that is overtaken by the loss of the connection counts no more") {
  memory_link other{broker, "other"};
  other.start(*this);
  broker.run();
  other.publish("a/x", "1", steady_time::max(), {.retain = true});
  broker.run();
  // Retained messages arrive between the confirmation and the handler.
  at_message = [this] { broker.go_down(); };
  start();
  CHECK_FALSE(link_to.up());
  CHECK_FALSE(kept.confirmed());
  CHECK(reported.empty());
  at_message = [] {};
  broker.come_up();
  broker.run();
  CHECK(kept.confirmed());
  CHECK(reported.size() == 1);
}

TEST_CASE("a destroyed subscription reports nothing, and is unsubscribed") {
  memory_broker broker;
  memory_link link_to{broker, "lab"};
  int reported = 0;
  auto kept = std::make_unique<standing_subscription>(link_to, "a", [&](error_code) { ++reported; });
  kept->ask();
  CHECK(link_to.filters().size() == 1);
  kept.reset();
  broker.run();
  CHECK(reported == 0);
  CHECK(link_to.filters().empty());
}

TEST_CASE("it may be destroyed by its own callback") {
  memory_broker broker;
  memory_link link_to{broker, "lab"};
  quiet owner;
  std::unique_ptr<standing_subscription> kept;
  std::string heard;
  kept = std::make_unique<standing_subscription>(link_to, "a",
                                                 [&, message = std::string("refused")](error_code ec) {
                                                   kept.reset();
                                                   if (ec) heard = message;
                                                 });
  broker.deny("a");
  link_to.start(owner);
  kept->ask();
  broker.run();
  CHECK(heard == "refused");
  CHECK(link_to.filters().empty());
}
