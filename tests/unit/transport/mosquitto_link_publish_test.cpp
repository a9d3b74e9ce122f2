#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <support/fake_broker.hpp>
#include <support/private_broker.hpp>
#include <vector>

#include "log_catcher.hpp"
#include "mosquitto_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

struct publish_fixture {
  event_loop loop;
  manual_clock time;
  std::vector<error_code> answers;

  client make(std::uint16_t port, int qos, mqtt_protocol protocol = mqtt_protocol::v5) {
    auto options = options_for(port, protocol);
    options.qos = qos;
    return {loop, std::move(options), time};
  }
  link::written_handler note() {
    return [this](error_code e) { answers.push_back(e); };
  }
  /// Publishes until the window is full, so that further messages are queued.
  static void fill_window(client& c) {
    while (c.l->stats().queued == 0) REQUIRE_FALSE(c.publish("filler", "x"));
  }
};

/// Answers each message, and runs a function when it has handled a number of them.
struct answering_owner final : link_events {
  mqcoap::link* to = nullptr;
  int ups = 0;
  int handled = 0;
  int most = 0;
  std::function<void()> at_most;

  void on_link_up(mqcoap::link&) noexcept override { ++ups; }
  void on_link_down(mqcoap::link&, const outage_cause& /*why*/) noexcept override {}
  void on_message(mqcoap::link&, const inbound& /*m*/) noexcept override {
    CHECK_FALSE(to->publish("answer", "x", never));
    if (++handled == most) at_most();
  }
};

}  // namespace

TEST_CASE_FIXTURE(publish_fixture, "the first answers to a burst are sent while the rest is handled") {
  event_loop far;
  fake_broker broker(far.context(), fake_broker::greeting::accept);
  mosquitto_link l(loop.context().get_executor(), time, options_for(broker.port(), mqtt_protocol::v5));
  answering_owner owner;
  owner.to = &l;
  owner.most = 30;
  bool is_early = false;
  owner.at_most = [&] { is_early = far.run_until([&] { return broker.topics().size() >= 8; }); };
  std::optional<boost::asio::steady_timer> pump(loop.context());
  std::function<void()> run_broker = [&] {
    far.context().poll();
    pump->expires_after(1ms);
    pump->async_wait([&](error_code e) {
      if (!e) run_broker();
    });
  };
  run_broker();
  l.start(owner);
  REQUIRE(loop.run_until([&] { return owner.ups == 1; }));
  for (int i = 0; i < 30; ++i) broker.deliver("t", "x");
  REQUIRE(loop.run_until([&] { return broker.topics().size() == 30; }));
  CHECK(is_early);
  pump.reset();
}

TEST_CASE_FIXTURE(publish_fixture,
                  "a completion handler reports once that a message was written, never inside the call") {
  private_broker broker;
  for (const auto protocol : {mqtt_protocol::v5, mqtt_protocol::v311}) {
    for (const int qos : {0, 1}) {
      CAPTURE(qos);
      answers.clear();
      auto c = make(broker.port(), qos, protocol);
      c.start_and_wait();
      // More than fit into the window: queued messages are reported as well.
      for (std::size_t i = 0; i < 1000; ++i) {
        REQUIRE_FALSE(c.l->publish("t", "x", never, {}, note()));
        REQUIRE(answers.empty());
      }
      CHECK(c.l->stats().queued > 0);
      REQUIRE(loop.run_until([&] { return answers.size() == 1000; }));
      CHECK(answers == std::vector<error_code>(1000));
      c.stop_and_wait(30s);
      CHECK(answers.size() == 1000);
    }
  }
}

TEST_CASE_FIXTURE(publish_fixture, "messages with and without a handler do not take each other's answers") {
  private_broker broker({.acl = "topic readwrite open/#\n"});
  auto c = make(broker.port(), 1);
  c.start_and_wait();
  CHECK_FALSE(c.publish("closed/a", "x"));
  CHECK_FALSE(c.l->publish("open/a", "x", never, {}, note()));
  CHECK_FALSE(c.publish("closed/a", "x"));
  CHECK_FALSE(c.l->publish("closed/a", "x", never, {}, note()));
  CHECK_FALSE(c.publish("open/a", "x"));
  REQUIRE(loop.run_until([&] { return answers.size() == 2; }));
  CHECK_FALSE(answers[0]);
  CHECK(answers[1] == errc::denied);
}

TEST_CASE_FIXTURE(publish_fixture, "the handler of a message that is refused at once is not called") {
  private_broker broker;
  auto c = make(broker.port(), 0);
  CHECK(c.l->publish("t", "x", never, {}, note()) == errc::not_connected);
  c.start_and_wait();
  CHECK(c.l->publish("a/+", "x", never, {}, note()) == errc::invalid_topic);
  c.stop_and_wait(1s);
  CHECK(c.l->publish("t", "x", never, {}, note()) == errc::closed);
  while (loop.context().poll() > 0) continue;
  CHECK(answers.empty());
}

TEST_CASE_FIXTURE(publish_fixture, "a retained message is kept by the broker until an empty one removes it") {
  private_broker broker;
  for (const auto protocol : {mqtt_protocol::v5, mqtt_protocol::v311}) {
    auto sender = make(broker.port(), 1, protocol);
    sender.start_and_wait();
    CHECK_FALSE(sender.l->publish("t/kept", "kept", never, {.retain = true}, note()));
    CHECK_FALSE(sender.l->publish("t/fleeting", "fleeting", never, {}, note()));
    REQUIRE(loop.run_until([&] { return answers.size() == 2; }));
    auto late = make(broker.port(), 1, protocol);
    late.start_and_wait();
    CHECK_FALSE(late.subscribe_and_wait("t/+"));
    REQUIRE(late.waits_for("kept"));
    CHECK(late.reported.messages == std::vector<link_recorder::message>{{"t/kept", "kept", true}});
    CHECK_FALSE(sender.l->publish("t/kept", "", never, {.retain = true}, note()));
    REQUIRE(loop.run_until([&] { return answers.size() == 3; }));
    auto later = make(broker.port(), 1, protocol);
    later.start_and_wait();
    CHECK_FALSE(later.subscribe_and_wait("t/+"));
    CHECK_FALSE(later.publish("t/end", "end"));
    REQUIRE(later.waits_for("end"));
    CHECK(later.reported.messages.size() == 1);
    answers.clear();
  }
}

TEST_CASE_FIXTURE(publish_fixture, "a broker that retains nothing denies retained messages at once") {
  private_broker broker({.lines = "retain_available false\n"});
  auto c = make(broker.port(), 0);
  c.start_and_wait();
  CHECK(c.l->publish("t", "x", never, {.retain = true}, note()) == errc::denied);
  CHECK_FALSE(c.publish("t", "x"));
  CHECK(c.l->up());
}

TEST_CASE_FIXTURE(publish_fixture, "a queued message whose deadline passes is reported as timed out") {
  private_broker broker;
  auto c = make(broker.port(), 0);
  c.start_and_wait();
  broker.pause();
  fill_window(c);
  CHECK_FALSE(c.l->publish("t", "x", time.now() + 4s, {}, note()));
  time.advance(4s);
  REQUIRE(loop.run_until([&] { return !answers.empty(); }));
  CHECK(answers == std::vector<error_code>{errc::timed_out});
  CHECK(c.l->stats().expired == 1);
  broker.resume();
}

TEST_CASE_FIXTURE(publish_fixture,
                  "an outage is reported for messages that were not acknowledged, and for queued ones") {
  private_broker broker;
  auto c = make(broker.port(), 1);
  c.start_and_wait();
  broker.pause();
  CHECK_FALSE(c.l->publish("t", "on its way", never, {}, note()));
  fill_window(c);
  CHECK_FALSE(c.l->publish("t", "queued", never, {}, note()));
  broker.kill();
  REQUIRE(loop.run_until([&] { return answers.size() == 2; }));
  CHECK(answers == std::vector<error_code>(2, errc::not_connected));
  CHECK(c.reported.downs == 1);
}

TEST_CASE_FIXTURE(publish_fixture,
                  "a stop that cannot send everything fails the waiting messages before it completes") {
  private_broker broker;
  auto c = make(broker.port(), 1);
  c.start_and_wait();
  broker.pause();
  CHECK_FALSE(c.l->publish("t", "on its way", never, {}, note()));
  fill_window(c);
  CHECK_FALSE(c.l->publish("t", "queued", never, {}, note()));
  c.stop_and_wait(10ms);
  CHECK(answers == std::vector<error_code>(2, errc::closed));
  broker.resume();
}

TEST_CASE_FIXTURE(publish_fixture, "a link that is destroyed calls nobody, also from inside a handler") {
  private_broker broker;
  auto c = make(broker.port(), 1);
  c.start_and_wait();
  CHECK_FALSE(c.l->publish("t", "1", never, {}, [&](error_code e) {
    answers.push_back(e);
    c.l.reset();
  }));
  CHECK_FALSE(c.l->publish("t", "2", never, {}, note()));
  REQUIRE(loop.run_until([&] { return c.l == nullptr; }));
  while (loop.context().poll() > 0) continue;
  CHECK(answers.size() == 1);
}

TEST_CASE_FIXTURE(publish_fixture,
                  "a queued message over the broker's limit is reported, counted, and logged once") {
  private_broker broker({.lines = "max_packet_size 2000\n"});
  const log_catcher log;
  auto c = make(broker.port(), 0);
  c.start_and_wait();
  const std::string large(3000, 'x');
  CHECK(c.l->publish("t", large, never, {}, note()) == errc::too_large);
  CHECK(c.l->stats().refused == 1);
  fill_window(c);
  CHECK_FALSE(c.l->publish("t", large, never, {}, note()));
  CHECK_FALSE(c.l->publish("t", large, never, {}, note()));
  CHECK_FALSE(c.l->publish("t", "small", never, {}, note()));
  REQUIRE(loop.run_until([&] { return answers.size() == 3; }));
  CHECK(answers == std::vector<error_code>{errc::too_large, errc::too_large, {}});
  CHECK(c.l->stats().refused == 3);
  CHECK(log.count("warning: broker test: a queued message of 3000 bytes on t was not sent: larger") == 1);
  CHECK(c.reported.downs == 0);
}
