#include <doctest/doctest.h>
#include <algorithm>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <session/faulty_link.hpp>
#include <unit/transport/link_recorder.hpp>

#include "exchange_samples.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

struct noted_alarm final : alarm {
  steady_time at = steady_time::max();
  void wake_at(steady_time when) override { at = when; }
};

std::string id_of(int number) {
  std::string digits = std::to_string(number);
  return std::string(32 - digits.size(), '0') + digits;
}

/// A device that answers immediately, behind a faulty link, and a caller.
struct lab {
  memory_broker broker;
  manual_clock time;
  noted_alarm wake;
  memory_link device_link{broker, "device"};
  memory_link caller{broker, "caller"};
  faulty_link faulty;
  link_recorder heard;  ///< messages that the caller received

  struct answering_owner final : link_recorder {
    lab& in;
    explicit answering_owner(lab& l) : in(l) {}
    void on_message(mqcoap::link& l, const inbound& m) noexcept override {
      link_recorder::on_message(l, m);
      const auto topic = exchange_topic::parse(m.topic);
      CHECK_FALSE(l.publish(topic->response_topic(), "answer", in.time.now() + 5s));
    }
  } owner{*this};

  explicit lab(fault_options options) : faulty(device_link, options, {}, time, wake) {
    faulty.subscribe("gf_int_v1/+/request/DEV_1/+", [](error_code) {});
    caller.subscribe("gf_int_v1/+/response/+/+", [](error_code) {});
    faulty.start(owner);
    caller.start(heard);
    broker.run();
  }
  void ask(const std::string& id, const std::string& payload) {
    caller.publish(request_topic(id), payload, time.now() + 5s);
    broker.run();
  }
  /// Returns one character for each request: `d` if it got no answer, `e` for a 503, `.` for a normal answer.
  std::string fates(int requests) {
    std::string out;
    for (int i = 0; i < requests; ++i) {
      const auto before = heard.messages.size();
      ask(id_of(i), request_payload(id_of(i)));
      out += heard.messages.size() == before ? 'd' : heard.messages.back().payload == "answer" ? '.' : 'e';
    }
    return out;
  }
};

}  // namespace

TEST_CASE("without faults everything passes immediately") {
  lab l({});
  CHECK(l.fates(50) == std::string(50, '.'));
  CHECK(l.faulty.counted().requests == 50);
  CHECK(l.faulty.counted().answered == 50);
  CHECK(l.wake.at == steady_time::max());
}

TEST_CASE("the configured shares of requests are dropped or answered with 503") {
  lab l({.latency = {}, .drop = 0.3, .error = 0.2, .seed = 7});
  const auto fates = l.fates(1000);
  const auto dropped = std::count(fates.begin(), fates.end(), 'd');
  const auto errors = std::count(fates.begin(), fates.end(), 'e');
  CHECK(dropped > 230);
  CHECK(dropped < 370);
  CHECK(errors > 90);
  CHECK(errors < 190);
  CHECK(l.faulty.counted().dropped == static_cast<std::uint64_t>(dropped));
  CHECK(l.faulty.counted().errors == static_cast<std::uint64_t>(errors));
  CHECK(l.owner.messages.size() == static_cast<std::size_t>(1000 - dropped - errors));
}

TEST_CASE("the same seed produces the same faults, another seed different ones") {
  const fault_options options{.latency = {}, .drop = 0.3, .error = 0.2, .seed = 7};
  auto other = options;
  other.seed = 8;
  const auto fates = lab(options).fates(200);
  CHECK(lab(options).fates(200) == fates);
  CHECK(lab(other).fates(200) != fates);
}

TEST_CASE("a simulated error is a complete answer; a malformed request gets 400") {
  lab l({.latency = {}, .drop = 0, .error = 1, .seed = 1});
  l.ask(id_1, request_payload());
  REQUIRE(l.heard.messages.size() == 1);
  CHECK(l.heard.messages[0].topic == response_topic());
  const auto answered = decode_response(l.heard.messages[0].payload, {});
  REQUIRE(answered.has_value());
  CHECK(answered->code == response_code::service_unavailable);
  CHECK(answered->path.text() == "gains");
  CHECK(answered->source == "DEV_1");
  l.ask(id_2, "{");
  const auto refused = decode_response(l.heard.messages.at(1).payload, {});
  REQUIRE(refused.has_value());
  CHECK(refused->code == response_code::bad_request);
}

TEST_CASE("answers are delayed until the alarm, within the bounds of the latency") {
  lab l({.latency = {latency_spread::kind::even, 5ms, 20ms, {}}, .drop = 0, .error = 0, .seed = 3});
  for (int i = 0; i < 100; ++i) l.ask(id_of(i), request_payload(id_of(i)));
  CHECK(l.heard.messages.empty());
  CHECK(l.wake.at >= l.time.now() + 5ms);
  l.time.advance(4999us);
  l.faulty.on_alarm();
  l.broker.run();
  CHECK(l.heard.messages.empty());
  while (l.faulty.counted().answered < 50) {
    l.time.advance(l.wake.at - l.time.now());
    l.faulty.on_alarm();
  }
  CHECK(l.time.now() < steady_time{} + 20ms);
  l.time.advance(20ms);
  l.faulty.on_alarm();
  l.broker.run();
  CHECK(l.heard.messages.size() == 100);
}

TEST_CASE("latencies about a mean have that mean") {
  lab l({.latency = {latency_spread::kind::exponential, {}, {}, 10ms}, .drop = 0, .error = 0, .seed = 3});
  std::chrono::duration<double, std::milli> sum{};
  for (int i = 0; i < 1000; ++i) {
    l.ask(id_of(i), request_payload(id_of(i)));
    sum += l.wake.at - l.time.now();
    l.time.advance(l.wake.at - l.time.now());
    l.faulty.on_alarm();
  }
  CHECK(sum.count() / 1000 == doctest::Approx(10).epsilon(0.15));
}

TEST_CASE("delayed answers are sent at a stop and lost with the connection") {
  const fault_options slow{
      .latency = {latency_spread::kind::even, 1s, 2s, {}}, .drop = 0, .error = 0, .seed = 1};
  lab stopped(slow);
  stopped.ask(id_1, request_payload());
  stopped.faulty.stop(500ms, [] {});
  stopped.broker.run();
  CHECK(stopped.heard.messages.size() == 1);
  lab cut(slow);
  cut.ask(id_1, request_payload());
  cut.broker.go_down();
  CHECK(cut.faulty.counted().unsent == 1);
  CHECK(cut.owner.downs == 1);
  cut.time.advance(5s);
  cut.faulty.on_alarm();
  CHECK(cut.faulty.counted().answered == 0);
}
