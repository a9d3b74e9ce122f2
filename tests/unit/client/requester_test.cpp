#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <chrono>
#include <mqcoap/client/requester.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <mqcoap/transport/packet_limit.hpp>
#include <optional>
#include <string>
#include <vector>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

/// A requester with a broker in memory, a clock that stands still, and a device that answers on demand.
struct requester_bench final : link_events, requester::observer {
  manual_clock time;
  memory_broker broker;
  memory_link mine{broker, "mine"};
  memory_link theirs{broker, "theirs"};
  client_options options;
  response_chain chain;
  std::optional<requester> asks;
  struct device_side final : link_events {
    std::vector<exchange_topic> topics;
    std::vector<request> requests;
    void on_link_up(mqcoap::link&) noexcept override {}
    void on_link_down(mqcoap::link&, const outage_cause&) noexcept override {}
    void on_message(mqcoap::link&, const inbound& m) noexcept override {
      topics.push_back(*exchange_topic::parse(m.topic));
      requests.push_back(*decode_request(m.payload, topics.back().id(), {}));
    }
  } device;
  struct ended {
    error_code error;
    response answer;
  };
  std::vector<ended> results;

  explicit requester_bench(client_options with = {}) : options(std::move(with)) {
    options.broker.client_id = "me";
    asks.emplace(options, chain, time, *this);
    asks->attach(&mine);
    mine.start(*this);
    theirs.subscribe("gf_int_v1/+/request/DEV/+", {});
    theirs.start(device);
    broker.run();
  }

  void on_link_up(mqcoap::link&) noexcept override { asks->on_link_up(); }
  void on_link_down(mqcoap::link&, const outage_cause& why) noexcept override { asks->on_link_down(why); }
  void on_message(mqcoap::link&, const inbound& m) noexcept override {
    asks->on_response(*exchange_topic::parse(m.topic), m.payload);
  }
  void completed(requester::completion, error_code error, response&& answer) noexcept override {
    results.push_back({error, std::move(answer)});
  }

  std::optional<request_id> ask(request_spec what) {
    return asks->begin(std::move(what), [](error_code, response) {});
  }
  std::optional<request_id> ask() { return ask("DEV/axuv/gains"); }
  /// Lets the device answer the n-th request that it received.
  void answer_to(std::size_t n, answer what = {}) {
    std::string payload;
    encode_answer(payload, what, device.requests.at(n), "DEV", time.wall());
    theirs.publish(device.topics.at(n).response_topic(), payload, steady_time::max());
    broker.run();
  }
  void pass(std::chrono::milliseconds by) {
    time.advance(by);
    asks->expire(time.now());
  }
  client_stats stats() const {
    client_stats s;
    asks->count(s);
    return s;
  }
};

request_spec spec(const std::string& address, std::optional<std::chrono::milliseconds> timeout = {},
                  std::optional<when_disconnected> if_disconnected = {}) {
  request_spec what(address);
  what.timeout = timeout;
  what.if_disconnected = if_disconnected;
  return what;
}

}  // namespace

TEST_CASE("a request is answered") {
  requester_bench b;
  request_spec what("DEV/axuv/gains", method::put, json_text::from_value(7));
  what.correlation_id = *request_id::parse("a0eebc999c0b4ef8bb6d6bb9bd380a11");
  what.token = secret("open");
  what.options.edit().hops = 3;
  REQUIRE(b.ask(what));
  b.broker.run();
  REQUIRE(b.device.requests.size() == 1);
  const auto& r = b.device.requests[0];
  CHECK(r.verb == method::put);
  CHECK(r.path.text() == "gains");
  CHECK(r.source == "me");
  CHECK(r.body.text() == "7");
  CHECK(r.token->reveal() == "open");
  CHECK(r.options->hops == 3U);
  CHECK(*r.correlation_id == *what.correlation_id);
  CHECK(b.device.topics[0].subsystem() == "axuv");
  answer a;
  a.code = response_code::changed;
  b.answer_to(0, a);
  REQUIRE(b.results.size() == 1);
  CHECK_FALSE(b.results[0].error);
  CHECK(b.results[0].answer.code == response_code::changed);
  CHECK(b.stats().answers == 1);
  CHECK(b.stats().pending == 0);
}

TEST_CASE("nothing is sent before the broker has confirmed the subscription, which all requests share") {
  requester_bench b;
  b.ask();
  b.ask();
  CHECK(b.stats().requests == 0);
  b.broker.run();
  CHECK(b.stats().requests == 2);
  b.ask();
  CHECK(b.stats().requests == 3);
  CHECK(b.mine.filters() == std::vector<std::string>{"gf_int_v1/+/response/DEV/+"});
}

TEST_CASE("an error answer is an error together with the answer") {
  requester_bench b;
  b.ask();
  b.broker.run();
  b.answer_to(0, answer::error(response_code::not_found, "no such gain"));
  REQUIRE(b.results.size() == 1);
  CHECK(b.results[0].error == response_code::not_found);
  CHECK(is_answer(b.results[0].error));
  CHECK(b.results[0].answer.body.text() == R"("no such gain")");
}

TEST_CASE("a silent device: the deadline passes, and a late answer is counted") {
  requester_bench b;
  const auto id = b.ask(spec("DEV/axuv/gains", 200ms));
  b.broker.run();
  b.pass(199ms);
  CHECK(b.results.empty());
  b.pass(1ms);
  REQUIRE(b.results.size() == 1);
  CHECK(b.results[0].error == errc::timed_out);
  CHECK_FALSE(is_answer(b.results[0].error));
  CHECK(b.results[0].answer.id == *id);
  CHECK(b.results[0].answer.body.text() == R"("DEV did not answer within 200ms")");
  b.answer_to(0);
  CHECK(b.results.size() == 1);
  CHECK(b.stats().late == 1);
}

TEST_CASE("a write that nobody answered may have been run") {
  requester_bench b;
  auto what = spec("DEV/axuv/gains", 200ms);
  what.verb = method::put;
  b.ask(what);
  b.broker.run();
  b.pass(200ms);
  REQUIRE(b.results.size() == 1);
  CHECK(b.results[0].answer.body.text() == R"("DEV did not answer within 200ms; the PUT may have been run")");
}

TEST_CASE("a request may bring its own id: the same request again gets the answer to either") {
  requester_bench b;
  auto what = spec("DEV/axuv/gains", 200ms);
  what.id = *request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847da");
  CHECK(*b.ask(what) == *what.id);
  b.broker.run();
  CHECK_FALSE(b.ask(what).has_value());
  REQUIRE(b.results.size() == 1);
  CHECK(b.results[0].error == errc::invalid_id);
  b.pass(200ms);
  REQUIRE(b.results.size() == 2);
  CHECK(*b.ask(what) == *what.id);
  b.broker.run();
  REQUIRE(b.device.requests.size() == 2);
  CHECK(b.device.requests[1].id.text() == what.id->text());
  b.answer_to(0);
  REQUIRE(b.results.size() == 3);
  CHECK_FALSE(b.results[2].error);
}

TEST_CASE("the first answer wins; others are counted by what they are") {
  requester_bench b;
  b.ask();
  b.broker.run();
  const auto topic = b.device.topics.at(0);
  SUBCASE("a duplicate") {
    b.answer_to(0);
    b.answer_to(0);
    CHECK(b.stats().duplicates == 1);
  }
  SUBCASE("an answer from another subsystem") {
    b.theirs.publish("gf_int_v1/other/response/DEV/" + std::string(topic.id()), "{}", steady_time::max());
    b.broker.run();
    CHECK(b.stats().mismatched == 1);
    CHECK(b.results.empty());
    b.answer_to(0);
  }
  SUBCASE("an answer about another path") {
    b.device.requests[0].path = *resource_path::parse("other");
    b.answer_to(0);
    CHECK(b.stats().mismatched == 1);
    b.device.requests[0].path = *resource_path::parse("/gains");
    b.answer_to(0);
  }
  SUBCASE("an answer to somebody else") {
    b.theirs.publish("gf_int_v1/axuv/response/DEV/00000000000000000000000000000000", "{}",
                     steady_time::max());
    b.broker.run();
    CHECK(b.stats().foreign == 1);
    b.answer_to(0);
  }
  REQUIRE(b.results.size() == 1);
  CHECK_FALSE(b.results[0].error);
}

TEST_CASE("an answer that is not a response ends the request with the reason") {
  requester_bench b;
  b.ask();
  b.broker.run();
  b.theirs.publish(b.device.topics[0].response_topic(), "[1, 2]", steady_time::max());
  b.broker.run();
  REQUIRE(b.results.size() == 1);
  CHECK(b.results[0].error == errc::unusable_answer);
  CHECK(b.results[0].answer.body.text().size() > 10);
}

TEST_CASE("a write without a usable answer may have been run, and the message says so") {
  requester_bench b;
  b.ask(request_spec("DEV/axuv/gains", method::put));
  b.broker.run();
  b.theirs.publish(b.device.topics[0].response_topic(), "[1, 2]", steady_time::max());
  b.broker.run();
  b.ask(request_spec("DEV/axuv/gains", method::post));
  b.broker.run();
  b.broker.go_down();
  REQUIRE(b.results.size() == 2);
  CHECK(b.results[0].answer.body.text().find("; the PUT may have been run") != std::string::npos);
  CHECK(b.results[1].error == errc::connection_lost);
  CHECK(b.results[1].answer.body.text().find("; the POST may have been run") != std::string::npos);
}

TEST_CASE("an unsent request is reported by a flag as well as by the message") {
  client_options patient;
  patient.if_disconnected = when_disconnected::wait;
  patient.broker.qos = 1;  // so that a denied publish is reported
  requester_bench b(patient);
  b.broker.ignore("gf_int_v1/+/response/SILENT");
  b.broker.deny("gf_int_v1/+/response/SECRET");
  b.broker.deny_publishing("gf_int_v1/axuv/request/FORBIDDEN");
  b.ask("SILENT/axuv/gains");
  b.ask("SECRET/axuv/gains");
  b.ask("FORBIDDEN/axuv/gains");
  b.ask("DEV/axuv/gains");
  b.broker.run();
  b.pass(std::chrono::seconds(10));
  REQUIRE(b.results.size() == 4);
  const auto never_run = [&](std::size_t n, errc error) {
    CHECK(b.results[n].error == error);
    return b.results[n].answer.never_run;
  };
  CHECK(never_run(0, errc::denied));  // denied are the answers
  CHECK_FALSE(never_run(1, errc::denied));
  CHECK(never_run(2, errc::timed_out));
  CHECK_FALSE(never_run(3, errc::timed_out));
  b.ask();
  b.broker.run();
  b.broker.go_down();
  REQUIRE(b.results.size() == 5);
  CHECK_FALSE(never_run(4, errc::connection_lost));
}

TEST_CASE("a code outside the table is folded into it") {
  requester_bench b;
  b.ask();
  b.broker.run();
  std::string payload;
  encode_answer(payload, answer::error(response_code::bad_request, "tea"), b.device.requests[0], "DEV",
                b.time.wall());
  payload.replace(payload.find("400"), 3, "418");
  b.theirs.publish(b.device.topics[0].response_topic(), payload, steady_time::max());
  b.broker.run();
  REQUIRE(b.results.size() == 1);
  CHECK(b.results[0].error == response_code::bad_request);
}

TEST_CASE("while there is no connection a request fails or waits, as the caller chooses") {
  requester_bench b;
  b.broker.go_down();
  CHECK_FALSE(b.ask(spec("DEV/axuv/gains", {}, when_disconnected::fail)));
  REQUIRE(b.results.size() == 1);
  CHECK(b.results[0].error == errc::not_connected);

  b.ask(spec("DEV/axuv/gains", 1s, when_disconnected::wait));
  b.ask(spec("DEV/axuv/gains", 5s, when_disconnected::wait));
  b.pass(1s);
  REQUIRE(b.results.size() == 2);
  CHECK(b.results[1].error == errc::timed_out);
  CHECK(b.results[1].answer.body.text().find("no connection") != std::string_view::npos);
  b.broker.come_up();
  b.broker.run();
  REQUIRE(b.device.requests.size() == 1);
  b.answer_to(0);
  REQUIRE(b.results.size() == 3);
  CHECK_FALSE(b.results[2].error);
}

TEST_CASE("a lost connection ends sent requests, fails those that must not wait, and keeps the others") {
  requester_bench b;
  b.ask();
  b.broker.run();
  b.ask(spec("OTHER/axuv/gains"));
  b.ask(spec("OTHER/axuv/gains", {}, when_disconnected::wait));
  b.broker.go_down();
  REQUIRE(b.results.size() == 2);
  std::vector<error_code> errors{b.results[0].error, b.results[1].error};
  CHECK(std::count(errors.begin(), errors.end(), make_error_code(errc::connection_lost)) == 1);
  CHECK(std::count(errors.begin(), errors.end(), make_error_code(errc::not_connected)) == 1);
  CHECK(b.stats().pending == 1);
  b.broker.come_up();
  b.broker.run();
  CHECK(b.stats().requests == 2);
}

TEST_CASE("after a reconnect, requests to a device wait until its subscription is confirmed again") {
  requester_bench b;
  b.ask();
  b.broker.run();
  b.answer_to(0);
  b.broker.go_down();
  b.broker.deny("gf_int_v1/+/response/DEV/");
  b.broker.come_up();
  b.broker.run();
  b.ask();
  b.broker.run();
  REQUIRE(b.results.size() == 2);
  CHECK(b.results[1].error == errc::denied);
  CHECK(b.results[1].answer.body.text().find("access control") != std::string_view::npos);
  CHECK(b.device.requests.size() == 1);
}

TEST_CASE("a cancelled request ends immediately, sent or not") {
  requester_bench b;
  const auto unsent = b.ask();
  b.asks->cancel(*unsent);
  REQUIRE(b.results.size() == 1);
  CHECK(b.results[0].error == boost::asio::error::operation_aborted);
  const auto sent = b.ask();
  b.broker.run();
  CHECK(b.device.requests.size() == 1);
  b.asks->cancel(*sent);
  CHECK(b.results.size() == 2);
  b.asks->cancel(*sent);
  CHECK(b.results.size() == 2);
  b.answer_to(0);
  CHECK(b.stats().late == 1);
}

TEST_CASE("a confirmation that arrives after a deadline is used for the next request") {
  requester_bench b;
  b.ask(spec("DEV/axuv/gains", 50ms));
  b.pass(60ms);
  REQUIRE(b.results.size() == 1);
  CHECK(b.results[0].error == errc::timed_out);
  b.ask();
  b.broker.run();
  CHECK(b.device.requests.size() == 1);
  CHECK(std::count(b.mine.filters().begin(), b.mine.filters().end(), "gf_int_v1/+/response/DEV/+") <= 1);
}

TEST_CASE("a request that is too large for the broker ends immediately, whichever side detects it") {
  requester_bench b;
  auto large = spec("DEV/axuv/gains");
  large.verb = method::put;
  large.body = json_text::from_string(std::string(std::size_t{4} << 10, 'x'));
  SUBCASE("the link") { b.broker.limit_payload(1000); }
  SUBCASE("the broker, later") { b.broker.limit_payload(1000, memory_broker::refusal::later); }
  b.ask(large);
  b.broker.run();
  REQUIRE(b.results.size() == 1);
  CHECK(b.results[0].error == errc::too_large);
  CHECK(b.device.requests.empty());
}

TEST_CASE("the number of waiting requests is limited") {
  client_options few;
  few.max_pending = 2;
  requester_bench b(few);
  b.ask();
  b.ask();
  CHECK_FALSE(b.ask());
  REQUIRE(b.results.size() == 1);
  CHECK(b.results[0].error == errc::too_many_pending);
}

TEST_CASE("a timeout out of range is refused") {
  requester_bench b;
  CHECK_FALSE(b.ask(spec("DEV/axuv/gains", 0ms)));
  CHECK_FALSE(b.ask(spec("DEV/axuv/gains", 601s)));
  REQUIRE(b.results.size() == 2);
  CHECK(b.results[0].error == errc::invalid_duration);
}

TEST_CASE("closing ends everything; closed forever, nothing begins") {
  requester_bench b;
  b.ask();
  b.broker.run();
  b.ask(spec("OTHER/axuv/gains"));
  b.asks->close(false);
  REQUIRE(b.results.size() == 2);
  CHECK(b.results[0].error == errc::closed);
  CHECK(b.ask());
  b.asks->close(true);
  CHECK_FALSE(b.ask());
  CHECK(b.results.size() == 4);
  CHECK(b.results[3].error == errc::closed);
  CHECK(b.asks->next_deadline() == steady_time::max());
}

TEST_CASE("thousands of devices: the one that was idle for longest is dropped") {
  requester_bench b;
  for (int i = 0; i < 4200; ++i) {
    b.ask(spec("D" + std::to_string(i) + "/axuv/gains", 1s));
    b.broker.run();
    b.pass(1s);
  }
  CHECK(b.results.size() == 4200);
  CHECK(b.mine.filters().size() == 4096);
  CHECK(b.mine.filters().front() == "gf_int_v1/+/response/D104/+");
}

TEST_CASE("the response handlers see the answer before the caller") {
  requester_bench b;
  b.chain.add({"rename", {}, [](const exchange& of, response& r) {
                 CHECK(of.verb == method::get);
                 CHECK(of.took == 3ms);
                 r.body = json_text::from_string(of.to.to_string());
               }});
  b.ask();
  b.broker.run();
  b.time.advance(3ms);
  b.answer_to(0);
  REQUIRE(b.results.size() == 1);
  CHECK(b.results[0].answer.body.text() == R"("DEV/axuv/gains")");
}
