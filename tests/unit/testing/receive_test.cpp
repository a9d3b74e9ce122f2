#include <vector>

#include "testing_lab.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

const auto hot = *general_topic::parse("gf_int_v1/axuv/event/DEV/hot");

/// A caller that receives what the device publishes.
struct receiver : lab {
  subscription_id events{};
  struct received {
    error_code error;
    general_message message;
  };

  explicit receiver(client_options of_caller = {}) : lab(as_device("DEV"), std::move(of_caller)) {
    connect();
    caller.async_subscribe(general_filter(), [this](error_code ec, subscription_id id) {
      CHECK_FALSE(ec);
      events = id;
    });
    broker.settle();
  }
  void publish(int value) {
    device.async_publish(hot, json_text::from_value(value), false, [](error_code) {});
    broker.settle();
  }
  void receive(std::optional<received>& into, asio::cancellation_slot slot = {}) {
    caller.async_receive(events,
                         asio::bind_cancellation_slot(slot, [&into](error_code ec, general_message m) {
                           into.emplace(received{ec, std::move(m)});
                         }));
    broker.settle();
  }
  received receive() {
    std::optional<received> got;
    receive(got);
    REQUIRE(got);
    return *std::move(got);
  }
  int value_of(const received& r) const {
    REQUIRE_FALSE(r.error);
    return static_cast<int>(r.message.payload.body.value().as_int64());
  }
};

}  // namespace

TEST_CASE("events are received, those that came before and those that come") {
  receiver l;
  l.publish(1);
  l.publish(2);
  CHECK(l.value_of(l.receive()) == 1);
  const auto second = l.receive();
  CHECK(l.value_of(second) == 2);
  CHECK(second.message.lost == 0);
  CHECK(second.message.topic.tag.text() == "DEV");
  std::optional<receiver::received> third;
  l.receive(third);
  CHECK_FALSE(third);
  l.publish(3);
  REQUIRE(third);
  CHECK(l.value_of(*third) == 3);
}

TEST_CASE("several receivers get one event each, in their order") {
  receiver l;
  std::optional<receiver::received> first;
  std::optional<receiver::received> second;
  l.receive(first);
  l.receive(second);
  l.publish(1);
  REQUIRE(first);
  CHECK_FALSE(second);
  l.publish(2);
  REQUIRE(second);
  CHECK(l.value_of(*first) == 1);
  CHECK(l.value_of(*second) == 2);
}

TEST_CASE("a receiver that is too slow loses the oldest events, and gets their number") {
  client_options options;
  std::size_t kept = 2;
  SUBCASE("by number") { options.max_events = 2; }
  SUBCASE("by bytes") {
    options.max_event_bytes = 1;  // the newest event is always kept
    kept = 1;
  }
  receiver l(options);
  for (int i = 1; i <= 5; ++i) l.publish(i);
  const auto first = l.receive();
  CHECK(l.value_of(first) == static_cast<int>(6 - kept));
  CHECK(first.message.lost == 5 - kept);
  if (kept == 1) return;
  const auto second = l.receive();
  CHECK(l.value_of(second) == 5);
  CHECK(second.message.lost == 0);
}

TEST_CASE("a cancelled receiver takes no event away") {
  receiver l;
  asio::cancellation_signal stop;
  std::optional<receiver::received> cancelled;
  std::optional<receiver::received> next;
  l.receive(cancelled, stop.slot());
  l.receive(next);
  stop.emit(asio::cancellation_type::total);
  l.broker.settle();
  REQUIRE(cancelled);
  CHECK(cancelled->error == asio::error::operation_aborted);
  l.publish(1);
  REQUIRE(next);
  CHECK(l.value_of(*next) == 1);
}

TEST_CASE("receiving ends with the subscription, the connection, and the client") {
  receiver l;
  std::optional<receiver::received> got;
  l.receive(got);
  CHECK_FALSE(got);
  SUBCASE("the subscription") { l.caller.unsubscribe(l.events); }
  SUBCASE("the connection") {
    l.caller.async_disconnect([](error_code) {});
  }
  SUBCASE("the client") { const client gone(std::move(l.caller)); }
  l.broker.settle();
  REQUIRE(got);
  CHECK(got->error == errc::closed);
  l.caller = client(l.loop, {}, l.broker);
}

TEST_CASE("an outage ends no receiver, and what was kept stays over a disconnect") {
  receiver l;
  l.publish(1);
  l.caller.async_disconnect([](error_code) {});
  l.broker.settle();
  CHECK(l.value_of(l.receive()) == 1);
  std::optional<receiver::received> got;
  l.receive(got);
  REQUIRE(got);
  CHECK(got->error == errc::closed);  // nothing is left, and nothing comes
  l.caller.async_connect([](error_code) {});
  got.reset();
  l.receive(got);
  l.broker.drop(l.caller.client_id());
  l.broker.settle();
  CHECK_FALSE(got);
  l.publish(2);
  REQUIRE(got);
  CHECK(l.value_of(*got) == 2);
}

TEST_CASE("nothing is received from a subscription with a handler, or from none") {
  receiver l;
  CHECK(l.value_of([&] {
    l.publish(9);
    return l.receive();
  }()) == 9);
  l.caller.async_subscribe(
      general_filter(), [](const general_message&) {},
      [&](error_code, subscription_id id) { l.events = id; });
  l.broker.settle();
  CHECK(l.receive().error == errc::closed);
  l.events = subscription_id{77};
  CHECK(l.receive().error == errc::closed);
}
