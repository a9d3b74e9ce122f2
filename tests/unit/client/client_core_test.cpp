#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <memory>
#include <mqcoap/client/client_core.hpp>
#include <mqcoap/client/mosquitto_environment.hpp>
#include <mqcoap/client/response_exception.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <mqcoap/transport/packet_limit.hpp>
#include <optional>
#include <string>
#include <vector>

using namespace mqcoap;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

constexpr auto its_filter = "gf_int_v1/+/event/+/#";
constexpr auto its_requests = "gf_int_v1/+/request/DEV/";

/// A broker in memory, with the clocks of the machine.
struct environment final : client_environment {
  system_clock clocks;
  memory_broker broker;
  memory_link* mine = nullptr;  ///< the newest link of the client
  std::unique_ptr<mqcoap::link> make_link(const executor&, const link_options&) override {
    auto made = std::make_unique<memory_link>(broker, "mine");
    mine = made.get();
    return made;
  }
  const mqcoap::clock& time() const noexcept override { return clocks; }
  std::unique_ptr<mqcoap::alarm> make_alarm(const executor& serial, std::function<void()> ring) override {
    return make_timer_alarm(serial, std::move(ring));
  }
};

/// A client on a broker in memory, and another client there.
struct lab {
  asio::io_context loop;
  const std::shared_ptr<environment> in = std::make_shared<environment>();
  memory_broker& broker = in->broker;
  memory_link*& mine = in->mine;
  const system_clock& time = in->clocks;
  std::shared_ptr<client_core> core;
  struct other final : link_events {
    std::vector<std::string> payloads;
    void on_link_up(mqcoap::link&) noexcept override {}
    void on_link_down(mqcoap::link&, const outage_cause&) noexcept override {}
    void on_message(mqcoap::link&, const inbound& m) noexcept override { payloads.emplace_back(m.payload); }
  } heard;
  memory_link theirs{broker, "theirs"};

  explicit lab(client_options options = {}) {
    options.broker.client_id = "me";
    core = std::make_shared<client_core>(loop.get_executor(), std::move(options), in);
    theirs.subscribe("gf_int_v1/+/response/DEV/+", {});
    theirs.start(heard);
  }
  lab(const lab&) = delete;
  lab& operator=(const lab&) = delete;
  ~lab() {
    core->forget_handlers();
    post([this] { core->shut_down(); });
    settle();
  }

  void post(std::function<void()> work) { asio::post(core->serial(), std::move(work)); }
  /// Runs until nothing is ready to run.
  void settle() {
    do {
      post([this] { broker.run(); });
      loop.restart();
    } while (loop.poll() > 1);
  }
  /// Waits for an outcome that a deadline of the client causes.
  template <class T>
  void await(const std::optional<T>& outcome) {
    loop.restart();
    while (!outcome && loop.run_one_for(30s) > 0) loop.restart();
    REQUIRE(outcome);
  }

  client_core::ended note(std::optional<error_code>& outcome) {
    return operation<error_code>::make(core->serial(), [&outcome](error_code ec) { outcome = ec; });
  }
  void connect(std::optional<error_code>& outcome) {
    post([this, op = note(outcome)] { core->connect(op); });
  }
  void connect() {
    std::optional<error_code> outcome;
    connect(outcome);
    settle();
    REQUIRE(outcome);
    REQUIRE_FALSE(*outcome);
  }
  void disconnect(std::optional<error_code>& outcome) {
    post([this, op = note(outcome)] { core->disconnect(op); });
  }

  struct subscribed {
    error_code error;
    subscription_id id;
  };
  auto subscribe(std::optional<subscribed>& outcome, client_base::general_handler h,
                 const general_filter& which, asio::cancellation_slot slot = {}) {
    auto op = operation<error_code, subscription_id>::make(
        core->serial(), asio::bind_cancellation_slot(slot, [&outcome](error_code ec, subscription_id id) {
          outcome = {ec, id};
        }));
    post([this, op, which, h = std::move(h)] { core->subscribe(which, h, op); });
  }
  subscription_id subscribe(client_base::general_handler h, const general_filter& which = general_filter()) {
    std::optional<subscribed> outcome;
    subscribe(outcome, std::move(h), which);
    settle();
    REQUIRE(outcome);
    REQUIRE_FALSE(outcome->error);
    return outcome->id;
  }

  void publish(int value) {
    std::string payload;
    encode(payload, general{json_text::from_value(value), unix_millis{1'745'534'869'619}});
    theirs.publish("gf_int_v1/axuv/event/DEV/hot", payload, steady_time::max());
  }
  /// Publishes a request for `gains` to the client.
  void ask() {
    const auto id = core->next_id();
    request r{method::get, *resource_path::parse("gains"), id, {}, {}, "me", {}, {}, {}, {}};
    r.sent_at = time.wall();
    std::string payload;
    encode(payload, r);
    theirs.publish("gf_int_v1/axuv/request/DEV/" + std::string(id.text()), payload, steady_time::max());
  }
  bool asks_for(std::string_view filter) const {
    const auto& all = mine->filters();
    return std::find(all.begin(), all.end(), filter) != all.end();
  }
};

client_options short_timeout() {
  client_options options;
  options.timeout = 10ms;
  return options;
}

client_options device() {
  client_options options;
  options.tag = *device_tag::parse("DEV");
  return options;
}

general_filter of_axuv() {
  return general_filter(general_topic::kind::event, *subsystem_name::parse("axuv"));
}

}  // namespace

TEST_CASE("a subscription that ends with an error is not in force") {
  lab l(short_timeout());
  l.connect();
  int heard = 0;
  const auto count = [&heard](const general_message&) { ++heard; };
  std::optional<lab::subscribed> outcome;
  SUBCASE("the broker denies it") {
    l.broker.deny(its_filter);
    l.subscribe(outcome, count, general_filter());
    l.settle();
    REQUIRE(outcome);
    CHECK(outcome->error == errc::denied);
  }
  SUBCASE("the broker does not answer") {
    l.broker.ignore(its_filter);
    l.subscribe(outcome, count, general_filter());
    l.settle();
    l.await(outcome);
    CHECK(outcome->error == errc::timed_out);
  }
  SUBCASE("cancelled") {
    l.broker.ignore(its_filter);
    asio::cancellation_signal stop;
    l.subscribe(outcome, count, general_filter(), stop.slot());
    stop.emit(asio::cancellation_type::terminal);
    l.settle();
    REQUIRE(outcome);
    CHECK(outcome->error == asio::error::operation_aborted);
  }
  l.settle();
  CHECK_FALSE(l.asks_for(its_filter));
  l.broker.allow_all();
  l.broker.go_down();
  l.broker.come_up();
  l.settle();
  l.publish(1);
  l.settle();
  CHECK(heard == 0);
}

TEST_CASE("another subscription with the same filter outlives a cancelled one") {
  lab l;
  l.connect();
  int first = 0;
  int second = 0;
  const auto id = l.subscribe([&](const general_message&) { ++first; });
  l.subscribe([&](const general_message&) { ++second; });
  l.post([&] { l.core->unsubscribe(id); });
  l.settle();
  l.publish(1);
  l.settle();
  CHECK(first == 0);
  CHECK(second == 1);
}

TEST_CASE("a handler may cancel subscriptions, including the one that would be called next") {
  lab l;
  l.connect();
  subscription_id first{};
  subscription_id second{};
  int heard = 0;
  first = l.subscribe([&](const general_message&) {
    ++heard;
    l.core->unsubscribe(first);
    l.core->unsubscribe(second);
  });
  second = l.subscribe([&](const general_message&) { ++heard; });
  l.publish(1);
  l.settle();
  l.publish(2);
  l.settle();
  CHECK(heard == 1);
  CHECK_FALSE(l.asks_for(its_filter));
}

TEST_CASE("copies that a broker sends for several filters are one message; the same sent twice is two") {
  lab l;
  l.connect();
  int all = 0;
  int axuv = 0;
  l.subscribe([&](const general_message&) { ++all; });
  l.publish(1);
  l.publish(1);
  l.settle();
  CHECK(all == 2);
  l.subscribe([&](const general_message&) { ++axuv; }, of_axuv());
  l.publish(2);
  l.publish(2);  // like a broker that sends the message once for each filter
  l.publish(3);
  l.settle();
  CHECK(all == 4);
  CHECK(axuv == 2);
}

TEST_CASE("an exception from a general handler does not affect the others") {
  client_options options;
  std::vector<std::string> log;
  options.broker.log = [&](log_level, std::string_view message) { log.emplace_back(message); };
  lab l(options);
  l.connect();
  int heard = 0;
  l.subscribe([](const general_message&) { throw 42; });
  l.subscribe([](const general_message&) { throw std::runtime_error("no disk"); });
  l.subscribe([&](const general_message&) { ++heard; });
  l.publish(1);
  l.settle();
  CHECK(heard == 1);
  CHECK(log == std::vector<std::string>{
                   "the handler of gf_int_v1/axuv/event/DEV/hot threw something that is not a std::exception",
                   "the handler of gf_int_v1/axuv/event/DEV/hot failed: no disk"});
}

TEST_CASE("a general handler keeps its state") {
  lab l;
  l.connect();
  std::vector<int> counts;
  l.subscribe([&counts, n = 0](const general_message&) mutable { counts.push_back(++n); });
  l.publish(1);
  l.settle();
  l.subscribe([](const general_message&) {});
  l.publish(2);
  l.settle();
  CHECK(counts == std::vector<int>{1, 2});
}

TEST_CASE("an answer too large for the broker is a 500 that says so") {
  lab l(device());
  const std::string large(std::size_t{4} << 10, 'x');
  l.core->requests().add({"large", {}, [&](responder& r) {
                            answer a;
                            a.body = json_text::from_string(large);
                            std::move(r).respond(std::move(a));
                          }});
  l.connect();
  SUBCASE("the link knows the limit") { l.broker.limit_payload(1000); }
  SUBCASE("the broker refuses it") { l.broker.limit_payload(1000, memory_broker::refusal::later); }
  l.ask();
  l.settle();
  REQUIRE(l.heard.payloads.size() == 1);
  const auto& answer = l.heard.payloads[0];
  CHECK(answer.find("500") != std::string::npos);
  CHECK(answer.find("more than broker") != std::string::npos);
}

TEST_CASE("before the first connection, the largest packet is the configured one") {
  client_options options;
  CHECK(lab(options).core->largest_packet() == 0);
  options.broker.max_packet = 3000;
  CHECK(lab(options).core->largest_packet() == 3000);
}

TEST_CASE("an event that the broker does not accept in time is an error") {
  lab l(short_timeout());
  l.connect();
  std::optional<error_code> outcome;
  const auto topic = *general_topic::parse("gf_int_v1/axuv/event/DEV/hot");
  l.post([&, op = l.note(outcome)] { l.core->publish(topic, json_text::from_value(1), false, op); });
  l.await(outcome);  // the broker does not run in the meantime
  CHECK(*outcome == errc::timed_out);
}

TEST_CASE("an event in flight when the connection is lost has an unknown outcome") {
  lab l;
  l.connect();
  std::optional<error_code> outcome;
  const auto topic = *general_topic::parse("gf_int_v1/axuv/event/DEV/hot");
  l.post([&, op = l.note(outcome)] {
    l.core->publish(topic, json_text::from_value(1), false, op);
    l.broker.go_down();
  });
  l.settle();
  REQUIRE(outcome);
  CHECK(*outcome == errc::connection_lost);
}

TEST_CASE("connecting: the broker denies the requests to our tag, and allows them later") {
  lab l(device());
  l.broker.deny(its_requests);
  std::optional<error_code> first;
  l.connect(first);
  l.settle();
  REQUIRE(first);
  CHECK(*first == errc::denied);
  l.broker.allow_all();
  std::optional<error_code> second;
  l.connect(second);
  l.settle();
  REQUIRE(second);
  CHECK_FALSE(*second);
}

TEST_CASE("connecting: a broker that confirms nothing costs no more than the timeout") {
  auto options = device();
  options.timeout = 10ms;
  lab l(options);
  l.broker.ignore(its_requests);
  std::optional<error_code> first;
  l.connect(first);
  l.settle();
  l.await(first);
  CHECK(*first == errc::timed_out);
  std::optional<error_code> second;
  l.connect(second);
  l.settle();
  l.await(second);
  CHECK(*second == errc::timed_out);
}

TEST_CASE("disconnecting twice: both wait for the DISCONNECT") {
  lab l;
  l.connect();
  std::optional<error_code> first;
  std::optional<error_code> second;
  l.disconnect(first);
  l.disconnect(second);
  l.loop.restart();
  l.loop.poll();
  CHECK_FALSE(first);
  CHECK_FALSE(second);
  l.settle();
  REQUIRE(first);
  REQUIRE(second);
  CHECK_FALSE(*first);
  CHECK_FALSE(*second);
}

TEST_CASE("connecting again does not wait for the DISCONNECT") {
  lab l;
  l.connect();
  std::optional<error_code> gone;
  l.disconnect(gone);
  std::optional<error_code> back;
  l.connect(back);
  l.settle();
  REQUIRE(gone);
  CHECK_FALSE(*gone);
  REQUIRE(back);
  CHECK_FALSE(*back);
}

TEST_CASE("a client that is destroyed while it disconnects reports that") {
  lab l;
  l.connect();
  std::optional<error_code> outcome;
  l.disconnect(outcome);
  l.post([&] { l.core->shut_down(); });
  l.settle();
  REQUIRE(outcome);
  CHECK(*outcome == errc::closed);
}
