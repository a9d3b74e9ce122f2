#include <support/fake_broker.hpp>
#include <support/private_broker.hpp>

#include "mosquitto_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

const std::string large(64u << 10, 'x');

struct queue_fixture {
  event_loop loop;
  manual_clock time;  // for deadlines; connecting and stopping use the clock of the machine
  private_broker broker;

  client make(int qos = 0) {
    auto options = options_for(broker.port());
    options.qos = qos;
    options.max_queue = 100;
    return {loop, options, time};
  }

  /// Publishes to a broker that does not read, until no more messages are accepted.
  void fill(client& c, steady_time deadline) {
    broker.pause();
    int taken = 0;
    error_code error;
    while (!(error = c.l->publish("t", large, deadline))) {
      REQUIRE(++taken < 2000);  // 128 MB, far more than the kernel, the window and the queue accept
      loop.context().poll();
    }
    CHECK(error == errc::queue_full);
  }
};

}  // namespace

TEST_CASE_FIXTURE(queue_fixture,
                  "a stalled broker fills the queue, which is bounded and forgets what is too old") {
  for (const int qos : {0, 1}) {
    CAPTURE(qos);
    auto c = make(qos);
    c.start_and_wait();
    fill(c, time.now() + 4s);
    CHECK(c.l->stats().queued == 100);
    CHECK(c.l->stats().refused == 1);
    CHECK(c.l->stats().expired == 0);
    time.advance(4s);
    CHECK_FALSE(c.l->publish("t", "young", time.now() + 4s));
    CHECK(c.l->stats().expired == 100);
    CHECK(c.l->stats().queued == 1);
    broker.resume();
  }
}

TEST_CASE_FIXTURE(queue_fixture,
                  "old messages go with the clock, not only when a new one wants their place") {
  auto c = make();
  c.start_and_wait();
  fill(c, time.now() + 4s);
  time.advance(5s);
  REQUIRE(loop.run_until([&] { return c.l->stats().queued == 0; }));
  CHECK(c.l->stats().expired + c.l->stats().lost == 100);
  broker.resume();
}

TEST_CASE_FIXTURE(queue_fixture,
                  "what is queued when the broker dies is lost and counted, never sent later") {
  auto c = make();
  c.start_and_wait();
  CHECK_FALSE(c.subscribe_and_wait("t"));
  fill(c, never);
  broker.kill();
  REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
  CHECK(c.l->stats().lost == 100);
  CHECK(c.l->stats().queued == 0);
  c.reported.messages.clear();
  broker.restart();
  REQUIRE(loop.run_until([&] { return c.reported.ups == 2; }));
  CHECK_FALSE(c.publish("t", "fresh"));
  REQUIRE(c.waits_for("fresh"));
  CHECK(c.reported.messages.size() == 1);
}

TEST_CASE_FIXTURE(queue_fixture, "a broker that goes on gets everything that was queued, in order") {
  for (const int qos : {0, 1}) {
    CAPTURE(qos);
    auto receiver = make(qos);
    auto sender = make(qos);
    receiver.start_and_wait();
    CHECK_FALSE(receiver.subscribe_and_wait("t"));
    sender.start_and_wait();
    broker.pause();
    for (int i = 0; i < 600; ++i) REQUIRE_FALSE(sender.publish("t", std::to_string(i)));
    CHECK(sender.l->stats().queued == 600 - 512);
    broker.resume();
    REQUIRE(receiver.waits_for("599"));
    REQUIRE(receiver.reported.messages.size() == 600);
    for (int i = 0; i < 600; ++i)
      REQUIRE(receiver.reported.messages[static_cast<std::size_t>(i)].payload == std::to_string(i));
    CHECK(sender.l->stats().queued == 0);
  }
}

TEST_CASE_FIXTURE(queue_fixture, "stopping sends what is queued first") {
  for (const int qos : {0, 1}) {
    CAPTURE(qos);
    auto receiver = make(qos);
    auto sender = make(qos);
    receiver.start_and_wait();
    CHECK_FALSE(receiver.subscribe_and_wait("t"));
    sender.start_and_wait();
    for (int i = 0; i < 600; ++i) REQUIRE_FALSE(sender.publish("t", std::to_string(i)));
    CHECK(sender.l->stats().queued > 0);
    sender.stop_and_wait(30s);
    CHECK_FALSE(sender.l->up());
    CHECK(sender.publish("t", "too late") == errc::closed);
    CHECK(sender.subscribe_and_wait("t") == errc::closed);
    REQUIRE(receiver.waits_for("599"));
    CHECK(receiver.reported.messages.size() == 600);
    CHECK(sender.l->stats().lost == 0);
    CHECK(sender.reported.downs == 0);
  }
}

TEST_CASE_FIXTURE(queue_fixture, "stopping waits no longer than its limit") {
  auto c = make();
  c.start_and_wait();
  fill(c, never);
  c.stop_and_wait(10ms);
  CHECK(c.l->stats().lost == 100);
  broker.resume();
}

TEST_CASE_FIXTURE(queue_fixture, "stopping is done for everybody who asks, whatever the state") {
  auto c = make();
  SUBCASE("before the start") { c.stop_and_wait(1s); }
  SUBCASE("twice") {
    c.start_and_wait();
    int stopped = 0;
    c.l->stop(1s, [&] { ++stopped; });
    c.l->stop(1s, [&] { ++stopped; });
    REQUIRE(loop.run_until([&] { return stopped == 2; }));
  }
  SUBCASE("while the broker is away") {
    broker.kill();
    c.l->start(c.reported);
    REQUIRE(loop.run_until([&] { return c.reported.downs == 1; }));
    c.stop_and_wait(1s);
  }
  c.stop_and_wait(1s);
  CHECK_FALSE(c.l->up());
}

TEST_CASE("a link that stops hears its broker out, and does not reset the connection") {
  event_loop loop;
  system_clock time;
  fake_broker broker(loop.context(), fake_broker::greeting::accept);
  client c(loop, options_for(broker.port()), time);
  SUBCASE("which has something left to say") { broker.part(fake_broker::parting::talk_on); }
  SUBCASE("which never hangs up") { broker.part(fake_broker::parting::stay); }
  c.start_and_wait();
  c.stop_and_wait(30s);
  CHECK(broker.heard_out() == 1);
}

TEST_CASE("a link that hears its broker out is gone when its time is over") {
  event_loop loop;
  system_clock time;
  fake_broker broker(loop.context(), fake_broker::greeting::accept);
  broker.part(fake_broker::parting::stay);
  client c(loop, options_for(broker.port()), time);
  c.start_and_wait();
  c.stop_and_wait(1ms);
  REQUIRE(loop.run_until([&] { return broker.heard_out() == 1; }));
}

TEST_CASE_FIXTURE(queue_fixture,
                  "a link may be stopped from a message handler, and delivers nothing after that") {
  struct stopper : link_recorder {
    bool stopped = false;
    void on_message(mqcoap::link& l, const inbound& m) noexcept override {
      link_recorder::on_message(l, m);
      l.publish("answer", "last words", never);
      l.stop(10s, [this] { stopped = true; });
    }
  } owner;
  auto listener = make();
  listener.start_and_wait();
  CHECK_FALSE(listener.subscribe_and_wait("answer"));
  mosquitto_link l(loop.context().get_executor(), time, options_for(broker.port()));
  std::optional<error_code> subscribed;
  l.subscribe("t", [&](error_code e) { subscribed = e; });
  l.start(owner);
  REQUIRE(loop.run_until([&] { return subscribed.has_value(); }));
  CHECK_FALSE(listener.publish("t", "1"));
  CHECK_FALSE(listener.publish("t", "2"));
  REQUIRE(loop.run_until([&] { return owner.stopped; }));
  CHECK(listener.waits_for("last words"));
  CHECK(owner.messages.size() == 1);
  CHECK(owner.downs == 0);
}
