#include <doctest/doctest.h>

#include <memory>
#include <mqcoap/front/mqtt/mqtt_origin.hpp>
#include <mqcoap/front/mqtt/request_taker.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <mqcoap/serve/refuse_objected.hpp>
#include <mqcoap/serve/serving_core.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/recording_link.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

constexpr char taken_id[] = "16fd2706-8baf-433b-82eb-8c7fada847da";

struct keep_all final : composed_step<no_options> {
  keep_all(no_options none, std::vector<responder>& kept) : composed_step(none), all(kept) {}
  std::string_view name() const noexcept override { return "keep all"; }
  void process(responder& r) override { all.push_back(std::move(r)); }
  std::vector<responder>& all;
};

struct taker_fixture : private answer_sender::observer, private request_taker::inspector {
  manual_clock time;
  test::recording_link link;
  decode_rules decoding;
  std::vector<responder> kept;
  serving_core core{time, {}, {}};
  answer_sender sender{time, *this};
  request_taker tested{core, time, decoding, *this};
  std::shared_ptr<request_way> way = std::make_shared<request_way>(sender, &link);
  bool wanted = true;
  bool caught = false;
  bool objects = false;
  int faults = 0;

  taker_fixture() {
    core.compose([this](chain_builder& chain) {
      chain.add<refuse_objected>({});
      chain.add<keep_all>({}, kept);
    });
  }
  void take(const std::string& header, std::chrono::nanoseconds waited = 0ns) {
    const auto topic = std::string("ns/axuv/request/DEV/") + taken_id;
    const auto payload =
        R"({"header":{)" + header + R"("request_id":")" + taken_id + R"("},"timestamp":"1"})";
    tested.take(way, *exchange_topic::parse(topic), {topic, payload, false, waited});
  }
  void take_one() { take(R"("method":"GET","path":"gains",)"); }

  bool inspect(const mqcoap::link&, const exchange_topic&) override { return wanted; }
  finding inspect(const mqcoap::link&, const exchange_topic&, const request&) override {
    if (!objects) return {caught, nullptr};
    return {false, std::make_unique<answer>(answer::refusal(response_code::bad_gateway, "a loop"))};
  }
  void on_fault(const exchange_topic&, const decode_fault&) override { ++faults; }
  void on_no_memory_for(const exchange_topic&, const decode_fault&) noexcept override { ++faults; }
  void on_sent(const exchange_topic&, error_code) override {}
  void on_too_large(const exchange_topic&, std::string_view) override {}
};

}  // namespace

TEST_CASE_FIXTURE(taker_fixture, "a request becomes a call, which is answered where it came from") {
  time.advance(10s);
  take(R"("method":"GET","path":"gains",)", 3s);
  REQUIRE(kept.size() == 1);
  const auto& c = *kept[0];
  CHECK(c.target.tag() == "DEV");
  CHECK(c.target.subsystem() == "axuv");
  CHECK(c.name() == std::string("ns/axuv/request/DEV/") + taken_id);
  CHECK(c.origin->broker() == "mine");
  CHECK(c.received == time.now() - 3s);
  CHECK(way->in_flight == 1);
  std::move(kept[0]).respond({});
  CHECK(way->in_flight == 0);
  CHECK(link.topics == std::vector<std::string>{std::string("ns/axuv/response/DEV/") + taken_id});
}

TEST_CASE_FIXTURE(taker_fixture, "a request that cannot be read is reported and answered") {
  take(R"("method":"STEAL","path":"gains",)");
  CHECK(faults == 1);
  CHECK(link.count("\"response_code\":") == 1);
  CHECK(kept.empty());
  CHECK(way->in_flight == 0);
}

TEST_CASE_FIXTURE(taker_fixture, "a request that the inspector handles does not become a call") {
  wanted = false;
  take_one();
  wanted = true;
  caught = true;
  take_one();
  CHECK(kept.empty());
  CHECK(link.payloads.empty());
}

TEST_CASE_FIXTURE(taker_fixture, "a request that the inspector objects to is refused") {
  objects = true;
  take_one();
  CHECK(link.count("\"response_code\":502") == 1);
  CHECK(kept.empty());
  CHECK(way->in_flight == 0);
}

TEST_CASE_FIXTURE(taker_fixture,
                  "a repeat on another way is answered by the way of the first, under its own topic") {
  take_one();
  test::recording_link other;
  const std::string upper = "16FD2706-8BAF-433B-82EB-8C7FADA847DA";
  auto repeat = kept[0]->without_body();
  repeat.origin = std::make_shared<mqtt_origin>(std::make_shared<request_way>(sender, &other),
                                                *exchange_topic::parse("ns/axuv/request/DEV/" + upper));
  kept[0]->origin->send(repeat, {});
  CHECK(link.topics == std::vector<std::string>{"ns/axuv/response/DEV/" + upper});
  CHECK(other.topics.empty());
}

TEST_CASE_FIXTURE(taker_fixture, "without a connection, or when the origin is gone, an answer is dropped") {
  take_one();
  take_one();
  REQUIRE(kept.size() == 2);
  way->via = nullptr;
  std::move(kept[0]).respond({});
  way.reset();
  CHECK(kept[1]->origin->broker().empty());
  std::move(kept[1]).respond({});
  CHECK(link.payloads.empty());
}
