#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <memory>
#include <mqcoap/client/sync_client.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "client_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

request_spec to(const char* address, std::chrono::milliseconds timeout = 20s) {
  request_spec what(address);
  what.timeout = timeout;
  return what;
}

}  // namespace

TEST_CASE("blocking calls: get, put, post and delete") {
  private_broker broker;
  sync_client device(options_for(broker, "DEV"));
  device.add_handler({"note", {}, [](responder& r) {
                        answer a;
                        a.code =
                            r.req().verb == method::get ? response_code::content : response_code::changed;
                        a.body = json_text::from_string(std::string(to_string(r.req().verb)) + ' ' +
                                                        std::string(r.req().body.text()));
                        std::move(r).respond(std::move(a));
                      }});
  device.connect();
  sync_client me(options_for(broker));
  me.connect();
  CHECK(me.get("DEV/axuv/gains").body.text() == R"("GET null")");
  CHECK(me.put("DEV/axuv/gains", json_text::from_value(3)).body.text() == R"("PUT 3")");
  CHECK(me.post("DEV/axuv/fire").body.text() == R"("POST null")");
  CHECK(me.del("DEV/axuv/shots/0").body.text() == R"("DELETE null")");
  CHECK_THROWS_AS(me.get("DEV"), std::invalid_argument);
}

TEST_CASE("errors are thrown, or returned in an error_code") {
  private_broker broker;
  sync_client me(options_for(broker, "DEV"));
  me.add_handler(
      {"mute", [](const call& c) { return c.req.path.key() == "mute"; },
       [kept = std::make_shared<std::vector<responder>>()](responder& r) { kept->push_back(std::move(r)); }});
  me.connect();
  try {
    me.get("DEV/axuv/gains");
    FAIL("nothing was thrown");
  } catch (const not_found& e) {
    CHECK(e.detail() == "nothing answers to 'gains' here");
    CHECK(e.path() == "gains");
    CHECK(e.target() == "DEV");
    CHECK(e.source() == "DEV");
    CHECK(e.request_id().size() == 36);
  }
  try {
    me.request(to("DEV/axuv/mute", 100ms));
    FAIL("nothing was thrown");
  } catch (const exchange_failed& e) {
    CHECK(e.code() == errc::timed_out);
    CHECK(std::string(e.what()) == "DEV did not answer within 100ms");
  }
  error_code error;
  const auto r = me.request(to("DEV/axuv/gains"), error);
  CHECK(error == response_code::not_found);
  CHECK(r.code == response_code::not_found);
}

TEST_CASE("a raising response handler reaches the caller") {
  private_broker broker;
  sync_client me(options_for(broker, "DEV"));
  me.add_handler(echo_number());
  const auto raising = me.add_handler(response_handler{
      "check", {}, [](const exchange&, response&) { throw precondition_failed("not armed"); }, true, true});
  me.connect();
  CHECK_THROWS_AS(me.get("DEV/axuv/1"), precondition_failed);
  CHECK(me.remove_handler(raising));
  CHECK(me.get("DEV/axuv/1").body.text() == "1");
}

TEST_CASE("1000 blocking calls from 50 threads: none lost, none mixed up") {
  private_broker broker;
  sync_client device(options_for(broker, "DEV"));
  device.add_handler(echo_number());
  device.connect();
  auto patient = options_for(broker);
  patient.timeout = 30s;
  sync_client me(patient);
  me.connect();
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 50; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const auto number = std::to_string(t * 100 + i);
        if (me.get("DEV/axuv/number/" + number).body.text() == number) ++right;
      }
    });
  for (auto& t : threads) t.join();
  CHECK(right == 1000);
}

TEST_CASE("a killed broker ends blocking calls with the right error") {
  private_broker broker;
  sync_client me(options_for(broker, "DEV"));
  std::promise<void> reached;
  std::vector<responder> kept;
  me.add_handler({"mute", {}, [&](responder& r) {
                    kept.push_back(std::move(r));
                    reached.set_value();
                  }});
  me.connect();
  std::thread killer([&] {
    reached.get_future().wait();
    broker.kill();
  });
  error_code error;
  me.request(to("DEV/axuv/gains", 30s), error);
  killer.join();
  CHECK(error == errc::connection_lost);
  me.request(to("DEV/axuv/gains"), error);
  CHECK(error == errc::not_connected);
}

TEST_CASE("no broker: connect says why") {
  private_broker broker;
  broker.kill();
  sync_client me(options_for(broker));
  try {
    me.connect();
    FAIL("nothing was thrown");
  } catch (const exchange_failed& e) {
    CHECK(e.code() == connect_errc::connection_refused);
    CHECK(std::string(e.what()).find("refused") != std::string::npos);
  }
}

TEST_CASE("a blocking call inside a handler is reported as a programming error") {
  private_broker broker;
  sync_client me(options_for(broker, "DEV"));
  me.add_handler({"inside", {}, [&](responder&) { me.get("DEV/axuv/other"); }});
  me.connect();
  try {
    me.get("DEV/axuv/gains");
    FAIL("nothing was thrown");
  } catch (const internal_server_error& e) {
    CHECK(e.detail().find("a blocking call on the client's own thread") != std::string::npos);
  }
}

TEST_CASE("blocking publish, subscribe and batch") {
  private_broker broker;
  sync_client me(options_for(broker, "DEV"));
  me.add_handler(echo_number());
  CHECK_THROWS_WITH_AS(me.publish(*general_topic::parse("gf_int_v1/axuv/event/DEV/hot"), {}),
                       "gf_int_v1/axuv/event/DEV/hot: not connected to the broker", exchange_failed);
  std::promise<std::string> arrived;
  me.subscribe(general_filter(),
               [&](const general_message& m) { arrived.set_value(std::string(m.payload.body.text())); });
  me.connect();
  me.publish(*general_topic::parse("gf_int_v1/axuv/event/DEV/hot"), json_text::from_value(90));
  CHECK(arrived.get_future().get() == "90");
  const auto all = me.batch({"DEV/axuv/1", "DEV/axuv/2"});
  REQUIRE(all.size() == 2);
  CHECK(all[1].answer.body.text() == "2");
}

TEST_CASE("when unsubscribe and remove_handler return, the handler does not run any more") {
  private_broker broker;
  sync_client me(options_for(broker, "DEV"));
  me.connect();
  std::promise<void> entered;
  std::promise<void> go;
  std::atomic<bool> ended{false};
  const auto linger = [&] {
    entered.set_value();
    go.get_future().wait();
    ended = true;
  };
  std::function<void()> end_it;
  SUBCASE("a general handler") {
    const auto id = me.subscribe(general_filter(), [&](const general_message&) { linger(); });
    me.publish(*general_topic::parse("gf_int_v1/axuv/event/DEV/hot"), json_text::from_value(90));
    end_it = [&me, id] { me.unsubscribe(id); };
  }
  SUBCASE("a request handler") {
    const auto id = me.add_handler({"linger", {}, [&](responder&) { linger(); }});
    me.async().async_request(to("DEV/axuv/gains"), [](error_code, response) {});
    end_it = [&me, id] { CHECK(me.remove_handler(id)); };
  }
  entered.get_future().wait();
  auto had_ended = std::async(std::launch::async, [&] {
    end_it();
    return ended.load();
  });
  go.set_value();
  CHECK(had_ended.get());
}

TEST_CASE("an exception from a completion handler is logged, and the client continues") {
  private_broker broker;
  auto options = options_for(broker, "DEV");
  std::promise<std::string> said;
  options.broker.log = [&](log_level level, std::string_view message) {
    if (level == log_level::error) said.set_value(std::string(message));
  };
  sync_client me(options);
  me.add_handler(echo_number());
  me.connect();
  me.async().async_request(to("DEV/axuv/1"),
                           [](error_code, response) { throw std::runtime_error("no disk"); });
  CHECK(said.get_future().get() == "a completion failed: no disk");
  CHECK(me.get("DEV/axuv/2").body.text() == "2");
}
