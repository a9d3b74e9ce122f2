#include <vector>

#include "testing_lab.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

TEST_CASE("a timeout passes when the test says so") {
  lab l;
  std::vector<responder> kept;
  l.device.add_handler({"silent", {}, [&](responder& r) { kept.push_back(std::move(r)); }});
  l.connect();
  std::optional<lab::answered> got;
  request_spec what("DEV/axuv/gains");
  what.timeout = 2s;
  l.ask(got, what);
  l.broker.advance(1999ms);
  CHECK_FALSE(got);
  l.broker.advance(1ms);
  REQUIRE(got);
  CHECK(got->error == errc::timed_out);
  CHECK(l.broker.time().now().time_since_epoch() == 2s);
  kept.clear();
}

TEST_CASE("a broker that is down, and comes back") {
  lab l;
  l.device.add_handler({"echo", {}, [](responder& r) { std::move(r).respond({}); }});
  l.connect();
  l.broker.go_down();
  l.broker.settle();
  CHECK(l.ask(request_spec("DEV/axuv/gains")).error == errc::not_connected);
  request_spec patient("DEV/axuv/gains");
  patient.if_disconnected = when_disconnected::wait;
  std::optional<lab::answered> got;
  l.ask(got, patient);
  l.broker.come_up();
  l.broker.settle();
  REQUIRE(got);
  CHECK_FALSE(got->error);
}

TEST_CASE("a connection that breaks while an answer is awaited; the last will") {
  auto with_presence = as_device("DEV");
  with_presence.presence = true;
  lab l(with_presence);
  std::vector<responder> kept;
  l.device.add_handler({"silent", {}, [&](responder& r) { kept.push_back(std::move(r)); }});
  l.connect();
  std::string presence;
  l.caller.async_subscribe(
      general_filter(general_topic::kind::system),
      [&](const general_message& m) { presence = m.payload.body.text(); },
      [](error_code, subscription_id) {});
  l.broker.settle();
  CHECK(presence.find("ONLINE") != std::string::npos);
  std::optional<lab::answered> got;
  l.ask(got, request_spec("DEV/axuv/gains"));
  l.broker.settle();
  l.broker.drop(l.caller.client_id());
  l.broker.settle();
  REQUIRE(got);
  CHECK(got->error == errc::connection_lost);
  { const client gone(std::move(l.device)); }
  l.broker.settle();
  CHECK(presence.find("OFFLINE") != std::string::npos);
  kept.clear();
  l.device = client(l.loop, {}, l.broker);
}

TEST_CASE("access rules, limits, and what was published") {
  lab l;
  l.connect();
  std::vector<testing::published_message> seen;
  l.broker.watch([&](const testing::published_message& m) { seen.push_back(m); });
  const auto topic = *general_topic::parse("gf_int_v1/axuv/event/DEV/hot");
  const auto publish = [&] {
    std::optional<error_code> done;
    l.device.async_publish(topic, json_text::from_value(1), true, [&](error_code ec) { done = ec; });
    l.broker.settle();
    REQUIRE(done);
    return *done;
  };
  CHECK_FALSE(publish());
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].client_id == "DEV");
  CHECK(seen[0].topic == topic.text());
  CHECK(seen[0].retain);
  l.broker.deny_publishing("gf_int_v1/axuv/event/");
  CHECK(publish() == errc::denied);
  l.broker.allow_all();
  CHECK_FALSE(publish());
  l.broker.limit_payload(3);
  CHECK(publish() == errc::too_large);
}

TEST_CASE("somebody else publishes; what is no payload is ignored") {
  lab l;
  l.connect();
  l.broker.publish("gf_int_v1/axuv/request/DEV/16fd2706-8baf-433b-82eb-8c7fada847da", "no JSON");
  l.broker.publish("gf_int_v1/axuv/event/DEV/hot", "no JSON");
  l.broker.settle();
  CHECK(l.device.stats().served == 1);
}

TEST_CASE("clients may be destroyed after their broker") {
  asio::io_context loop;
  std::optional<client> late;
  {
    testing::broker broker(loop);
    late.emplace(loop, as_device("DEV"), broker);
    late->async_connect([](error_code) {});
    broker.settle();
    CHECK(late->connected());
  }
  late.reset();
  loop.restart();
  loop.poll();
}
