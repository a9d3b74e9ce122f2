#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "../transport/log_catcher.hpp"
#include "gateway_fixture.hpp"
#include "support/scarce_memory.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;
using test::scarce_memory;

namespace {

constexpr std::size_t large = 100'000;
constexpr std::size_t scarce = 50'000;

/// A device that receives requests and does not answer.
struct mute_device final : link_events {
  memory_link at;
  std::string requested;  ///< the topic of the last request

  mute_device(memory_broker& broker, const std::string& tag) : at(broker, "device") {
    at.subscribe("gf_int_v1/+/request/" + tag + "/+", {});
    at.start(*this);
  }
  void on_link_up(mqcoap::link&) noexcept override {}
  void on_link_down(mqcoap::link&, const outage_cause&) noexcept override {}
  void on_message(mqcoap::link&, const inbound& m) noexcept override { requested = m.topic; }
};

/// A fixture in which the payload is created before memory becomes scarce.
struct short_of_memory : test::gateway_fixture {
  test::log_catcher log;
  std::string id;

  std::string put(const std::string& path) {
    id = caller.next_id();
    return R"({"header":{"method":"PUT","path":")" + path + R"(","request_id":")" + id + R"("},"body":")" +
           std::string(large, 'x') + R"(","timestamp":"1"})";
  }
  /// Sends a request to a device. Returns the topic on which its answer is expected.
  std::string response_topic_of(const std::string& tag, const std::function<void()>& ask_it) {
    mute_device device(broker, tag);
    broker.run();
    ask_it();
    broker.run();
    REQUIRE(device.requested.find("/request/") != std::string::npos);
    return device.requested.replace(device.requested.find("/request/"), 9, "/response/");
  }
  static std::string answer_under(const std::string& topic, const std::string& more) {
    return R"({"header":{"response_code":205,"path":"gains","request_id":")" +
           topic.substr(topic.rfind('/') + 1) + R"(")" + more + R"(,"timestamp":"1"})";
  }
  void answer(const std::string& topic, const std::string& payload) {
    static_cast<link_events&>(tested).on_message(lab, {topic, payload, false});
  }

  /// Delivers a message as a link does; a broker in memory would copy it.
  void arrive(const std::string& subsystem, const std::string& payload) {
    const std::string topic = "gf_int_v1/" + subsystem + "/request/GW_1/" + id;
    const scarce_memory now(scarce);
    static_cast<link_events&>(tested).on_message(lab, {topic, payload, false});
  }
};

}  // namespace

TEST_CASE_FIXTURE(short_of_memory,
                  "a request whose allocation fails gets 503, and at most one line per second is logged") {
  start();
  for (int i = 0; i < 5; ++i) arrive("axuv", put("store"));
  broker.run();
  REQUIRE(caller.answers.size() == 5);
  for (const auto& answered : caller.answers) {
    CHECK(answered.find("\"response_code\":503") != std::string::npos);
    CHECK(answered.find("out of memory") != std::string::npos);
  }
  CHECK(caller.answers.back().find(id) != std::string::npos);
  CHECK(log.count("out of memory") == 1);
  time.advance(1s);
  arrive("axuv", put("store"));
  CHECK(log.count("out of memory") == 2);
  CHECK(log.count("4 similar lines were left out") == 1);
  CHECK(tested.in_flight() == 0);
  CHECK(tested.run_once_usage().entries == 0);
  caller.answers.clear();
  ask("PUT", "GW_1", "axuv", "store", "1");
  broker.run();
  REQUIRE(caller.answers.size() == 2);
  CHECK(caller.answers.back().find("\"response_code\":204") != std::string::npos);
}

TEST_CASE_FIXTURE(short_of_memory, "an answer whose allocation fails is replaced with 503") {
  start();
  ask("PUT", "GW_1", "axuv", "store", '"' + std::string(large, 'x') + '"');
  caller.answers.clear();
  id = caller.next_id();
  arrive("axuv",
         R"({"header":{"method":"GET","path":"store","request_id":")" + id + R"("},"timestamp":"1"})");
  broker.run();
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers[0].find("\"response_code\":503") != std::string::npos);
  CHECK(caller.answers[0].find("\"path\":\"store\"") != std::string::npos);
  CHECK(log.count("out of memory") == 1);
}

TEST_CASE_FIXTURE(short_of_memory, "a resource that runs out of memory causes a 503") {
  start();
  ask("POST", "GW_1", "axuv", "list", '"' + std::string(large, 'x') + '"');
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers[0].find("\"response_code\":201") != std::string::npos);
  caller.answers.clear();
  id = caller.next_id();
  arrive("axuv", R"({"header":{"method":"GET","path":"list","request_id":")" + id + R"("},"timestamp":"1"})");
  broker.run();
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers[0].find("\"response_code\":503") != std::string::npos);
  CHECK(caller.answers[0].find("out of memory; try again later") != std::string::npos);
}

TEST_CASE_FIXTURE(short_of_memory, "an answer is sent even if allocating its log line fails") {
  start();
  log_fails = true;
  ask("GET", "GW_1", "axuv", "store");
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers[0].find("\"response_code\":205") != std::string::npos);
}

TEST_CASE("if any allocation fails at the start of a hop, it gets 503, and the next one is sent") {
  int pieces = 0;
  int refusals = 0;
  do {
    CAPTURE(pieces);
    short_of_memory f;
    f.start();
    const mute_device device(f.broker, "D_1");
    f.broker.run();
    const auto payload = R"({"header":{"method":"PUT","path":"D_1/axuv/gains","request_id":")" +
                         (f.id = f.caller.next_id()) + R"("},"body":1,"timestamp":"1"})";
    const auto topic = "gf_int_v1/proxy/request/GW_1/" + f.id;
    {
      const auto now = scarce_memory::lacking_one(pieces++);
      f.answer(topic, payload);
    }
    f.broker.run();
    refusals += static_cast<int>(f.caller.answers.size());
    for (const auto& answered : f.caller.answers)
      CHECK(answered.find("\"response_code\":503") != std::string::npos);
    CHECK(f.caller.answers.size() + f.tested.in_flight() <= 1);
    CHECK(f.tested.in_flight() == f.tested.whole_load().in_flight);
    f.time.advance(1s);
    f.tested.on_alarm();
    f.broker.run();
    f.get_of("D_1");
    CHECK(f.tested.whole_load().in_flight == 1);
  } while (scarce_memory::refused() > 0);
  CHECK(refusals > 10);  // for the call, its way, the device, the hop, and what is sent
}

TEST_CASE_FIXTURE(short_of_memory,
                  "a hop whose allocation fails gets 503, and the device's queue continues") {
  start();
  get_of("D_1");  // subscribes to its answers
  time.advance(1s);
  tested.on_alarm();
  broker.run();
  caller.answers.clear();
  const auto payload = put("D_1/axuv/gains");
  // There is enough memory for the request, but not for the message to the device.
  const std::string topic = "gf_int_v1/proxy/request/GW_1/" + id;
  {
    const scarce_memory now(large + 150);
    static_cast<link_events&>(tested).on_message(lab, {topic, payload, false});
  }
  broker.run();
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers[0].find("\"response_code\":503") != std::string::npos);
  CHECK(tested.in_flight() == 0);
  CHECK(log.count("out of memory") == 1);
  get_of("D_1");
  CHECK(tested.whole_load().in_flight == 1);
}

TEST_CASE_FIXTURE(short_of_memory, "a device's answer whose allocation fails becomes a 503 immediately") {
  start();
  const auto topic = response_topic_of("D_1", [&] { ask("PUT", "GW_1", "proxy", "D_1/axuv/gains", "1"); });
  const auto payload = answer_under(topic, R"(},"body":")" + std::string(large, 'x') + '"');
  {
    const scarce_memory now(scarce);
    answer(topic, payload);
  }
  broker.run();
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers[0].find("\"response_code\":503") != std::string::npos);
  CHECK(caller.answers[0].find("out of memory for the answer of D_1; the PUT may have been run") !=
        std::string::npos);
  CHECK(log.count("out of memory") == 1);
  CHECK(tested.in_flight() == 0);
  CHECK(tested.whole_load().in_flight == 0);
}

TEST_CASE_FIXTURE(short_of_memory,
                  "an answer is passed on even if counting its duration fails for lack of memory") {
  start();
  const auto topic = response_topic_of("D_1", [&] { get_of("D_1"); });
  const auto payload = answer_under(topic, R"(},"body":7)");
  {
    const scarce_memory now(2000);
    answer(topic, payload);
    CHECK(scarce_memory::refused() > 0);
  }
  broker.run();
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers[0].find("\"response_code\":205") != std::string::npos);
  CHECK(tested.whole_load().in_flight == 0);
}

TEST_CASE(
    "wherever allocation fails, a device's answer results in one answer, a repeat gets one, and a stop "
    "completes") {
  int places = 0;
  do {
    CAPTURE(places);
    short_of_memory f;
    f.start();
    const auto request = R"({"header":{"method":"PUT","path":"D_1/axuv/gains","request_id":")" +
                         (f.id = f.caller.next_id()) + R"("},"body":1,"timestamp":"1"})";
    const std::string requested = "gf_int_v1/proxy/request/GW_1/" + f.id;
    const auto topic = f.response_topic_of("D_1", [&] { f.answer(requested, request); });
    const auto payload =
        short_of_memory::answer_under(topic, R"(,"note":")" + std::string(large, 'x') + R"("},"body":7)");
    bool stopped = false;
    f.tested.drain([&] { stopped = true; });
    {
      const scarce_memory now(scarce, places);
      f.answer(topic, payload);
    }
    f.broker.run();
    CHECK(f.caller.answers.size() == 1);
    CHECK(f.tested.in_flight() == 0);
    CHECK(f.tested.whole_load().in_flight == 0);
    CHECK(stopped);
    f.answer(requested, request);
    f.broker.run();
    REQUIRE(f.caller.answers.size() == 2);
    CHECK(f.caller.answers[1].find("\"response_code\":") != std::string::npos);
    ++places;
  } while (scarce_memory::refused() > 0);
  CHECK(places > 3);  // decoding, encoding, storing, and finally none fails
}

TEST_CASE("if any allocation fails while an action runs, it has one answer, and the next one runs") {
  auto options = test::two_devices();
  action_options put;
  put.request = action_request{make_address("GW_1/axuv/store"), method::put, *json_text::parse("[1,2,3]")};
  put.publish = action_event{*resource_path::parse("shot"), json_text::from_string("fired")};
  options.devices.front().resources.push_back({"put", {}, {}, put});
  int pieces = 0;
  std::size_t errors = 0;
  do {
    CAPTURE(pieces);
    short_of_memory f;
    f.tested.reconfigure(options, {&f.lab});
    f.start();
    const auto payload = R"({"header":{"method":"POST","path":"put","request_id":")" +
                         (f.id = f.caller.next_id()) + R"("},"body":null,"timestamp":"1"})";
    const auto topic = "gf_int_v1/axuv/request/GW_1/" + f.id;
    {
      const auto now = scarce_memory::lacking_one(pieces++);
      f.answer(topic, payload);
      f.tested.on_alarm();
      f.tested.on_alarm();
    }
    f.broker.run();
    f.time.advance(11s);
    f.tested.on_alarm();
    f.broker.run();
    CHECK(f.tested.in_flight() == 0);
    CHECK(f.caller.answers.size() <= 1);
    for (const auto& answered : f.caller.answers)
      errors += answered.find("\"response_code\":50") != std::string::npos ? 1 : 0;
    f.caller.answers.clear();
    f.ask("POST", "GW_1", "axuv", "put");
    f.tested.on_alarm();
    f.broker.run();
    REQUIRE(f.caller.answers.size() == 1);
    CHECK(f.caller.answers[0].find("\"response_code\":203") != std::string::npos);
  } while (scarce_memory::refused() > 0);
  CHECK(errors > 10);  // for the call, its batch, its run, its timer, the request and its call
}
