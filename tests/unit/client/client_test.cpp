#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>
#include <future>
#include <mqcoap/client/client.hpp>
#include <mqcoap/client/response_exception.hpp>
#include <optional>
#include <thread>
#include <vector>

#include "client_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);

/// Runs a coroutine to its end; an exception from it fails the test.
template <class Body>
void run(asio::io_context& loop, Body body) {
  std::exception_ptr thrown;
  bool ended = false;
  asio::co_spawn(loop, body(), [&](std::exception_ptr e) {
    thrown = e;
    ended = true;
    loop.stop();
  });
  loop.run_for(60s);
  REQUIRE(ended);
  if (thrown) std::rethrow_exception(thrown);
}

request_spec to(const std::string& path, std::chrono::milliseconds timeout = 20s) {
  request_spec what("DEV/axuv/" + path);
  what.timeout = timeout;
  return what;
}

}  // namespace

TEST_CASE("coroutines: a client asks itself, as a device") {
  private_broker broker;
  asio::io_context loop;
  client me(loop.get_executor(), options_for(broker, "DEV"));
  me.add_handler(echo_number());
  run(loop, [&]() -> asio::awaitable<void> {
    co_await me.async_connect(asio::use_awaitable);
    CHECK(me.connected());
    CHECK(me.client_id() == "DEV");
    const response r = co_await me.async_request(to("number/5"), asio::use_awaitable);
    CHECK(r.code == response_code::content);
    CHECK(r.body.text() == "5");
    CHECK(r.source == "DEV");
    CHECK(me.stats().served == 1);
    CHECK(me.stats().answers == 1);
  });
}

TEST_CASE("after a disconnect nothing keeps the loop running, not even the deadline of a completed request") {
  private_broker broker;
  asio::io_context loop;
  client me(loop.get_executor(), options_for(broker, "DEV"));
  me.add_handler(echo_number());
  asio::co_spawn(
      loop,
      [&]() -> asio::awaitable<void> {
        co_await me.async_connect(asio::use_awaitable);
        co_await me.async_request(to("number/5", 10min), asio::use_awaitable);
        co_await me.async_disconnect(asio::use_awaitable);
      },
      asio::detached);
  loop.run_for(60s);
  CHECK(loop.stopped());
  CHECK(me.stats().answers == 1);
}

TEST_CASE("a callback and a future complete with the answer; an error answer is an error") {
  private_broker broker;
  asio::thread_pool pool(2);
  client me(pool.get_executor(), options_for(broker, "DEV"));
  me.add_handler({"no", {}, [](responder&) { throw not_found("no such gain"); }});
  me.async_connect(asio::use_future).get();
  std::promise<std::pair<error_code, response>> called;
  me.async_request(to("gains"), [&](error_code ec, response r) { called.set_value({ec, std::move(r)}); });
  const auto [ec, r] = called.get_future().get();
  CHECK(ec == response_code::not_found);
  CHECK(r.body.text() == R"("no such gain")");
  auto future = me.async_request(to("gains"), asio::use_future);
  CHECK_THROWS_AS(future.get(), boost::system::system_error);
  me.async_disconnect(asio::use_future).get();
}

TEST_CASE("a handler completes on its own executor, which keeps running until then") {
  private_broker broker;
  asio::io_context loop;
  asio::io_context other;
  client me(loop.get_executor(), options_for(broker, "DEV"));
  me.add_handler(echo_number());
  std::thread::id completed_on;
  error_code ended = errc::closed;
  auto patient = to("1");
  patient.if_disconnected = when_disconnected::wait;
  me.async_request(patient, asio::bind_executor(other, [&](error_code ec, response) {
                     completed_on = std::this_thread::get_id();
                     ended = ec;
                     loop.stop();
                   }));
  me.async_connect([](error_code) {});
  std::thread background([&] { loop.run_for(60s); });
  other.run_for(60s);  // would return immediately without the client's work guard
  background.join();
  CHECK_FALSE(ended);
  CHECK(completed_on == std::this_thread::get_id());
}

TEST_CASE("1000 requests at once: none lost, none mixed up") {
  private_broker broker;
  asio::io_context loop;
  client device(loop.get_executor(), options_for(broker, "DEV"));
  device.add_handler(echo_number());
  client me(loop.get_executor(), options_for(broker));
  constexpr int count = 1000;
  int right = 0;
  int ended = 0;
  run(loop, [&]() -> asio::awaitable<void> {
    co_await device.async_connect(asio::use_awaitable);
    co_await me.async_connect(asio::use_awaitable);
    for (int i = 0; i < count; ++i)
      asio::co_spawn(
          loop,
          [&, i]() -> asio::awaitable<void> {
            const auto [ec, r] = co_await me.async_request(to("number/" + std::to_string(i)), tuple);
            if (!ec && r.body.text() == std::to_string(i)) ++right;
            if (++ended == count) loop.stop();
          },
          asio::detached);
  });
  loop.restart();
  loop.run_for(60s);
  CHECK(ended == count);
  CHECK(right == count);
  CHECK(me.stats().pending == 0);
  CHECK(me.stats().foreign == 0);
}

TEST_CASE("a request is cancelled through its slot, and by an operation that completes first") {
  private_broker broker;
  asio::io_context loop;
  client me(loop.get_executor(), options_for(broker));
  using namespace asio::experimental::awaitable_operators;
  run(loop, [&]() -> asio::awaitable<void> {
    co_await me.async_connect(asio::use_awaitable);
    asio::cancellation_signal stop;
    error_code ended;
    asio::steady_timer done(loop, 30s);
    me.async_request(to("gains"), asio::bind_cancellation_slot(stop.slot(), [&](error_code ec, response) {
                       ended = ec;
                       done.cancel();
                     }));
    stop.emit(asio::cancellation_type::total);
    co_await done.async_wait(tuple);
    CHECK(ended == asio::error::operation_aborted);
    CHECK(me.stats().pending == 0);

    asio::steady_timer soon(loop, 1ms);
    const auto first = co_await (me.async_request(to("gains"), tuple) || soon.async_wait(tuple));
    CHECK(first.index() == 1);
  });
}

TEST_CASE("a batch has one correlation id, and one outcome for each request, in order") {
  private_broker broker;
  asio::io_context loop;
  client me(loop.get_executor(), options_for(broker, "DEV"));
  std::vector<std::string> correlations;
  me.add_handler(
      {"note", {}, [&](responder& r) { correlations.emplace_back(r.req().correlation_id->text()); }});
  me.add_handler(
      {"mute", [](const call& c) { return c.req.path.key() == "mute/0"; },
       [kept = std::make_shared<std::vector<responder>>()](responder& r) { kept->push_back(std::move(r)); }});
  me.add_handler({"refuse", [](const call& c) { return c.req.path.key() == "bad/0"; },
                  [](responder&) { throw forbidden("not you"); }});
  me.add_handler(echo_number());
  run(loop, [&]() -> asio::awaitable<void> {
    co_await me.async_connect(asio::use_awaitable);
    std::vector<request_spec> four{to("a/1"), to("mute/0", 200ms), to("bad/0"), to("a/4")};
    const auto all = co_await me.async_batch(std::move(four), asio::use_awaitable);
    REQUIRE(all.size() == 4);
    CHECK(all[0].answer.body.text() == "1");
    CHECK(all[1].error == errc::timed_out);
    CHECK(all[2].error == response_code::forbidden);
    CHECK(all[3].answer.body.text() == "4");
    REQUIRE(correlations.size() == 4);
    for (const auto& c : correlations) CHECK(c == correlations[0]);
    CHECK(all[3].answer.correlation_id->text() == correlations[0]);
    CHECK((co_await me.async_batch({}, asio::use_awaitable)).empty());
  });
}

TEST_CASE("a cancelled batch reports that, with the answers so far") {
  private_broker broker;
  asio::io_context loop;
  client me(loop.get_executor(), options_for(broker, "DEV"));
  asio::cancellation_signal stop;
  std::vector<responder> kept;
  me.add_handler({"mute", {}, [&](responder& r) {
                    kept.push_back(std::move(r));
                    stop.emit(asio::cancellation_type::terminal);
                  }});
  run(loop, [&]() -> asio::awaitable<void> {
    co_await me.async_connect(asio::use_awaitable);
    std::vector<request_spec> both{to("a"), to("b")};
    const auto [ec, all] =
        co_await me.async_batch(std::move(both), asio::bind_cancellation_slot(stop.slot(), tuple));
    CHECK(ec == asio::error::operation_aborted);
    REQUIRE(all.size() == 2);
    CHECK(all[0].error == asio::error::operation_aborted);
    CHECK(all[1].error == asio::error::operation_aborted);
    CHECK(me.stats().pending == 0);
  });
  kept.clear();
}

TEST_CASE("overlapping filters: every handler gets an event once") {
  private_broker broker;
  asio::io_context loop;
  client me(loop.get_executor(), options_for(broker, "DEV"));
  run(loop, [&]() -> asio::awaitable<void> {
    std::vector<std::string> all;
    std::vector<std::string> axuv;
    asio::steady_timer last(loop, 30s);
    co_await me.async_connect(asio::use_awaitable);
    general_filter of_axuv;
    of_axuv.subsystem = *subsystem_name::parse("axuv");
    co_await me.async_subscribe(
        general_filter(), [&](const general_message& m) { all.emplace_back(m.payload.body.text()); },
        asio::use_awaitable);
    co_await me.async_subscribe(
        of_axuv,
        [&](const general_message& m) {
          axuv.emplace_back(m.payload.body.text());
          if (axuv.back() == "2") last.cancel();
        },
        asio::use_awaitable);
    for (int value = 1; value <= 2; ++value)
      co_await me.async_publish(*general_topic::parse("gf_int_v1/axuv/event/DEV/hot"),
                                json_text::from_value(value), false, asio::use_awaitable);
    if (axuv.size() < 2) co_await last.async_wait(tuple);
    CHECK(all == std::vector<std::string>{"1", "2"});
    CHECK(axuv == std::vector<std::string>{"1", "2"});
  });
}

TEST_CASE("events: what is published arrives, what is retained later too, and nothing after the end") {
  private_broker broker;
  asio::io_context loop;
  client sender(loop.get_executor(), options_for(broker, "DEV"));
  client listener(loop.get_executor(), options_for(broker));
  const auto topic = *general_topic::parse("gf_int_v1/axuv/event/DEV/shots/last");
  general_filter axuv;
  axuv.subsystem = *subsystem_name::parse("axuv");
  general_filter from_dev;
  from_dev.tag = *device_tag::parse("DEV");
  run(loop, [&]() -> asio::awaitable<void> {
    co_await sender.async_connect(asio::use_awaitable);
    co_await listener.async_connect(asio::use_awaitable);
    std::vector<general_message> got;
    asio::steady_timer arrived(loop);
    const auto note = [&](const general_message& m) {
      got.push_back(m);
      arrived.cancel();
    };
    const auto id = co_await listener.async_subscribe(axuv, note, asio::use_awaitable);
    co_await sender.async_publish(topic, json_text::from_value(17), true, asio::use_awaitable);
    arrived.expires_after(30s);
    if (got.empty()) co_await arrived.async_wait(tuple);
    REQUIRE(got.size() == 1);
    CHECK(got[0].payload.body.text() == "17");
    CHECK(got[0].topic.path.text() == "shots/last");
    CHECK(got[0].topic.tag.text() == "DEV");
    CHECK_FALSE(got[0].retained);

    client late(loop.get_executor(), options_for(broker));
    co_await late.async_connect(asio::use_awaitable);
    co_await late.async_subscribe(from_dev, note, asio::use_awaitable);
    arrived.expires_after(30s);
    if (got.size() < 2) co_await arrived.async_wait(tuple);
    REQUIRE(got.size() == 2);
    CHECK(got[1].retained);

    listener.unsubscribe(id);
    co_await sender.async_publish(topic, json_text::from_value(18), false, asio::use_awaitable);
    arrived.expires_after(30s);
    if (got.size() < 3) co_await arrived.async_wait(tuple);
    CHECK(got.size() == 3);  // the answer of the late one
  });
}

TEST_CASE("presence: ONLINE while connected, OFFLINE afterwards, with or without a DISCONNECT") {
  private_broker broker;
  asio::io_context loop;
  auto options = options_for(broker, "DEV");
  options.presence = true;
  auto device = std::make_unique<client>(loop.get_executor(), options);
  client listener(loop.get_executor(), options_for(broker));
  run(loop, [&]() -> asio::awaitable<void> {
    co_await listener.async_connect(asio::use_awaitable);
    std::vector<std::string> said;
    std::vector<long long> dates;
    asio::steady_timer news(loop);
    const auto note = [&](const general_message& m) {
      said.emplace_back(m.payload.body.value().at("state").as_string());
      dates.push_back(std::stoll(std::string(m.payload.body.value().at("last_updated").as_string())));
      news.cancel();
    };
    const auto await_news = [&](std::size_t count) -> asio::awaitable<void> {
      news.expires_after(30s);
      while (said.size() < count && news.expiry() > asio::steady_timer::clock_type::now())
        co_await news.async_wait(tuple);
    };
    const general_filter presence(general_topic::kind::system, {}, *device_tag::parse("DEV"),
                                  *resource_path::parse("presence"));
    co_await listener.async_subscribe(presence, note, asio::use_awaitable);
    co_await device->async_connect(asio::use_awaitable);
    co_await await_news(1);
    co_await device->async_disconnect(asio::use_awaitable);
    co_await await_news(2);
    co_await device->async_connect(asio::use_awaitable);
    co_await await_news(3);
    device.reset();  // publishes nothing itself: the broker publishes the last will
    co_await await_news(4);
    CHECK(said == std::vector<std::string>{"ONLINE", "OFFLINE", "ONLINE", "OFFLINE"});
    // Each timestamp is newer than the previous one, including that of the last will, so a reader may
    // keep the newest.
    CHECK(std::adjacent_find(dates.begin(), dates.end(), std::greater_equal<>()) == dates.end());
  });
}

TEST_CASE("presence: a connected client contradicts an OFFLINE that another one publishes") {
  private_broker broker;
  asio::io_context loop;
  auto options = options_for(broker, "DEV");
  options.presence = true;
  client device(loop.get_executor(), options);
  client other(loop.get_executor(), options_for(broker));
  run(loop, [&]() -> asio::awaitable<void> {
    co_await other.async_connect(asio::use_awaitable);
    std::vector<std::string> said;
    asio::steady_timer news(loop);
    const general_filter presences(general_topic::kind::system, {}, *device_tag::parse("DEV"),
                                   *resource_path::parse("presence"));
    const auto note = [&](const general_message& m) {
      said.emplace_back(m.payload.body.value().at("state").as_string());
      news.cancel();
    };
    const auto await_news = [&](std::size_t count) -> asio::awaitable<void> {
      news.expires_after(30s);
      while (said.size() < count && news.expiry() > asio::steady_timer::clock_type::now())
        co_await news.async_wait(tuple);
    };
    co_await other.async_subscribe(presences, note, asio::use_awaitable);
    co_await device.async_connect(asio::use_awaitable);
    co_await await_news(1);
    const general_topic topic(options.ns, *subsystem_name::parse("gateway"), general_topic::kind::system,
                              *device_tag::parse("DEV"), *resource_path::parse("presence"));
    const auto offline = json_text::parse(R"({"state":"OFFLINE","last_updated":"1"})");
    co_await other.async_publish(topic, *offline, true, asio::use_awaitable);
    co_await await_news(3);
    CHECK(said == std::vector<std::string>{"ONLINE", "OFFLINE", "ONLINE"});
    CHECK(device.stats().ignored == 0);
  });
}

TEST_CASE("no broker: connecting says why, requests fail or wait") {
  private_broker broker;
  broker.kill();
  asio::io_context loop;
  client me(loop.get_executor(), options_for(broker, "DEV"));
  me.add_handler(echo_number());
  run(loop, [&]() -> asio::awaitable<void> {
    const auto [ec] = co_await me.async_connect(tuple);
    CHECK(ec == connect_errc::connection_refused);
    CHECK(ec == outage_class::unreachable);
    CHECK(me.outage().code() == ec);
    CHECK(me.outage_message().find("refused") != std::string::npos);
    const auto [failed, none] = co_await me.async_request(to("1"), tuple);
    CHECK(failed == errc::not_connected);
    broker.restart();
    auto patient = to("2");
    patient.if_disconnected = when_disconnected::wait;
    const auto [answered, r] = co_await me.async_request(patient, tuple);
    CHECK_FALSE(answered);
    CHECK(r.body.text() == "2");
    CHECK(me.outage_message().empty());
  });
}

TEST_CASE("a broker killed under load: every request ends, and later ones are answered again") {
  private_broker broker;
  asio::io_context loop;
  client device(loop.get_executor(), options_for(broker, "DEV"));
  device.add_handler(echo_number());
  client me(loop.get_executor(), options_for(broker));
  constexpr int lanes = 64;
  int ended = 0;
  int wrong = 0;
  int failed = 0;
  bool killed = false;
  run(loop, [&]() -> asio::awaitable<void> {
    co_await device.async_connect(asio::use_awaitable);
    co_await me.async_connect(asio::use_awaitable);
    for (int lane = 0; lane < lanes; ++lane)
      asio::co_spawn(
          loop,
          [&, lane]() -> asio::awaitable<void> {
            for (int i = 0;; ++i) {
              if (lane == 0 && i == 20) {
                killed = true;
                broker.kill();
              }
              const auto number = std::to_string(lane * 1'000'000 + i);
              const auto [ec, r] = co_await me.async_request(to(number, 5s), tuple);
              if (!ec && r.body.text() != number) ++wrong;
              if (ec && ec != errc::connection_lost && ec != errc::not_connected) ++wrong;
              if (ec) break;
            }
            ++failed;
            if (++ended == lanes) loop.stop();
          },
          asio::detached);
  });
  loop.restart();
  loop.run_for(60s);
  CHECK(killed);
  CHECK(ended == lanes);
  CHECK(wrong == 0);
  CHECK(failed == lanes);
  CHECK(me.stats().pending == 0);
  loop.restart();
  broker.restart();
  run(loop, [&]() -> asio::awaitable<void> {
    for (;;) {
      auto patient = to("7", 2s);
      patient.if_disconnected = when_disconnected::wait;
      const auto [ec, r] = co_await me.async_request(patient, tuple);
      if (!ec) {
        CHECK(r.body.text() == "7");
        co_return;
      }
      REQUIRE(ec == errc::timed_out);  // the device reconnects on its own schedule
    }
  });
}

TEST_CASE("disconnecting completes everything pending; connecting again works") {
  private_broker broker;
  asio::io_context loop;
  client me(loop.get_executor(), options_for(broker, "DEV"));
  std::vector<responder> kept;
  me.add_handler({"keep", [](const call& c) { return c.req.path.key() == "keep"; },
                  [&](responder& r) { kept.push_back(std::move(r)); }});
  me.add_handler(echo_number());
  run(loop, [&]() -> asio::awaitable<void> {
    co_await me.async_connect(asio::use_awaitable);
    error_code ended;
    asio::steady_timer done(loop, 30s);
    me.async_request(to("keep"), [&](error_code ec, response) {
      ended = ec;
      done.cancel();
    });
    co_await me.async_disconnect(asio::use_awaitable);
    if (!ended) co_await done.async_wait(tuple);
    CHECK(ended == errc::closed);
    CHECK_FALSE(me.connected());
    const auto [ec, none] = co_await me.async_request(to("1"), tuple);
    CHECK(ec == errc::not_connected);
    co_await me.async_connect(asio::use_awaitable);
    const auto r = co_await me.async_request(to("1"), asio::use_awaitable);
    CHECK(r.body.text() == "1");
  });
}

TEST_CASE(
    "a destroyed client completes everything pending with closed; a stored responder may be used "
    "afterwards") {
  private_broker broker;
  asio::io_context loop;
  std::optional<client> me(std::in_place, loop.get_executor(), options_for(broker, "DEV"));
  std::vector<responder> kept;
  me->add_handler({"keep", {}, [&](responder& r) {
                     kept.push_back(std::move(r));
                     loop.stop();
                   }});
  error_code ended;
  me->async_connect(
      [&](error_code) { me->async_request(to("keep"), [&](error_code ec, response) { ended = ec; }); });
  loop.run_for(60s);
  REQUIRE(kept.size() == 1);
  me.reset();
  loop.restart();
  loop.run_for(60s);  // returns when nothing is left to do
  CHECK(ended == errc::closed);
  std::move(kept[0]).fail(response_code::forbidden, "too late");
}

TEST_CASE("answers may be given later, from another thread") {
  private_broker broker;
  asio::thread_pool pool(2);
  client me(pool.get_executor(), options_for(broker, "DEV"));
  std::promise<responder> handed;
  me.add_handler({"hand", {}, [&](responder& r) { handed.set_value(std::move(r)); }});
  me.async_connect(asio::use_future).get();
  auto answered = me.async_request(to("slow"), asio::use_future);
  auto r = handed.get_future().get();
  answer a;
  a.body = json_text::from_string("done");
  std::move(r).respond(std::move(a));
  CHECK(answered.get().body.text() == R"("done")");
  me.async_disconnect(asio::use_future).get();
}

TEST_CASE("a POST that comes twice runs once") {
  private_broker broker;
  asio::io_context loop;
  client me(loop.get_executor(), options_for(broker, "DEV"));
  int runs = 0;
  me.add_handler({"count", {}, [&](responder& r) {
                    answer a;
                    a.code = response_code::valid;
                    a.body = json_text::from_value(++runs);
                    std::move(r).respond(std::move(a));
                  }});
  run(loop, [&]() -> asio::awaitable<void> {
    co_await me.async_connect(asio::use_awaitable);
    auto post = to("fire");
    post.verb = method::post;
    co_await me.async_request(post, asio::use_awaitable);
    co_await me.async_request(post, asio::use_awaitable);
  });
  CHECK(runs == 2);  // two requests with two ids
}

TEST_CASE("a broker that denies: the caller gets an error instead of a timeout") {
  private_broker::options lab;
  lab.username = "lab";
  lab.password = "secret";
  lab.acl = "user lab\ntopic write gf_int_v1/#\n";
  private_broker broker(lab);
  asio::io_context loop;
  auto options = options_for(broker);
  SUBCASE("a wrong password") {
    options.broker.username = "lab";
    options.broker.password = secret("wrong");
    client me(loop.get_executor(), options);
    run(loop, [&]() -> asio::awaitable<void> {
      const auto [ec] = co_await me.async_connect(tuple);
      CHECK(ec == outage_class::refused);
      CHECK_FALSE(me.outage_message().empty());
    });
  }
  SUBCASE("an answer that may not be read: no answer in time") {
    options.broker.username = "lab";
    options.broker.password = secret("secret");
    client me(loop.get_executor(), options);
    run(loop, [&]() -> asio::awaitable<void> {
      co_await me.async_connect(asio::use_awaitable);
      const auto [ec, r] = co_await me.async_request(to("gains", 300ms), tuple);
      CHECK((ec == errc::timed_out || ec == errc::denied));
    });
  }
}

TEST_CASE("a payload that is larger than accepted is answered or reported, and not withheld by the broker") {
  const private_broker broker;
  asio::io_context loop;
  auto as_device = options_for(broker, "DEV");
  auto as_caller = options_for(broker);
  for (auto* const each : {&as_device, &as_caller}) each->decoding.limits.payload = 9u << 20;
  client device(loop, as_device);
  client caller(loop, as_caller);
  const auto large = json_text::from_string(std::string(20u << 20, 'x'));
  device.add_handler({"large", {}, [&](responder& r) { std::move(r).respond({.body = large}); }});
  run(loop, [&]() -> asio::awaitable<void> {
    co_await device.async_connect(asio::use_awaitable);
    co_await caller.async_connect(asio::use_awaitable);
    request_spec put = to("gains");
    put.verb = method::put;
    put.body = large;
    const auto [refused, why] = co_await caller.async_request(put, tuple);
    CHECK(refused == response_code::request_entity_too_large);
    const auto [unread, none] = co_await caller.async_request(to("gains"), tuple);
    CHECK(unread == errc::unusable_answer);
  });
}
