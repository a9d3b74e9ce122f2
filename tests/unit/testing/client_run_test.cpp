#include "testing_lab.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

/// A device that runs with async_run.
struct running : lab {
  std::optional<error_code> ended;
  asio::cancellation_signal stop;

  using lab::lab;
  void run() {
    device.async_run(asio::bind_cancellation_slot(stop.slot(), [this](error_code ec) { ended = ec; }));
    broker.settle();
  }
};

client_options stubborn() {
  auto options = as_device("DEV");
  options.if_refused = when_refused::keep_trying;
  return options;
}

}  // namespace

TEST_CASE("running connects, outlasts outages, and ends without an error when the client disconnects") {
  running l;
  l.run();
  CHECK(l.device.connected());
  l.broker.go_down();
  l.broker.settle();
  CHECK_FALSE(l.device.connected());
  CHECK(l.device.outage().code() == outage_class::unreachable);
  l.broker.come_up();
  l.broker.settle();
  CHECK(l.device.connected());
  CHECK_FALSE(l.ended);
  std::optional<error_code> disconnected;
  l.device.async_disconnect([&](error_code ec) { disconnected = ec; });
  l.broker.settle();
  CHECK(disconnected == error_code());
  CHECK(l.ended == error_code());
}

TEST_CASE("running takes over a connection that is there") {
  running l;
  l.connect();
  l.run();
  CHECK_FALSE(l.ended);
  CHECK(l.device.stats().connects == 1);
  l.stop.emit(asio::cancellation_type::terminal);
  l.broker.settle();
  CHECK(l.ended == asio::error::operation_aborted);
  CHECK_FALSE(l.device.connected());
}

TEST_CASE("running ends with the reason if the broker refuses, and nothing goes on") {
  running l;
  l.broker.refuse(connect_errc::bad_credentials);
  std::optional<error_code> connected;
  l.device.async_connect([&](error_code ec) { connected = ec; });
  l.run();
  CHECK(connected == connect_errc::bad_credentials);
  CHECK(l.ended == connect_errc::bad_credentials);
  CHECK(l.device.outage().code() == connect_errc::bad_credentials);
  l.broker.come_up();
  l.broker.settle();
  CHECK_FALSE(l.device.connected());
  SUBCASE("it may run again") {
    l.ended.reset();
    l.run();
    CHECK(l.device.connected());
    CHECK_FALSE(l.ended);
  }
}

TEST_CASE("running ends with the reason of an outage that is known already") {
  running l;
  l.broker.refuse(connect_errc::not_authorized);
  l.device.async_connect([](error_code) {});
  l.broker.settle();
  l.run();
  CHECK(l.ended == connect_errc::not_authorized);
}

TEST_CASE("running continues during outages that may pass, and with `keep_trying` during all") {
  running l(stubborn());
  SUBCASE("refused, but stubborn") { l.broker.refuse(connect_errc::bad_credentials); }
  SUBCASE("not reached") { l.broker.go_down(); }
  SUBCASE("thrown off") { l.broker.refuse(connect_errc::client_id_taken); }
  l.run();
  CHECK_FALSE(l.ended);
  l.broker.come_up();
  l.broker.settle();
  CHECK(l.device.connected());
  CHECK_FALSE(l.ended);
}

TEST_CASE("running ends if the broker keeps the requests to our tag from us") {
  running l;
  l.broker.deny_subscribing("gf_int_v1/+/request/DEV/");
  l.run();
  CHECK(l.ended == errc::denied);
}

TEST_CASE("a second run while one is pending fails") {
  running l;
  l.run();
  std::optional<error_code> second;
  l.device.async_run([&](error_code ec) { second = ec; });
  l.broker.settle();
  CHECK(second == asio::error::already_started);
  CHECK_FALSE(l.ended);
}

TEST_CASE("a client that goes ends its run") {
  running l;
  l.run();
  { const client gone(std::move(l.device)); }
  l.broker.settle();
  CHECK(l.ended == errc::closed);
  l.device = client(l.loop, {}, l.broker);
}
