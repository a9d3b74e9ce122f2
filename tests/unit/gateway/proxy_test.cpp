#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

/// A proxy between callers that store their answers and a device on a broker in memory.
struct proxy_fixture : link_events {
  struct callers final : reply_sink {
    std::vector<answer> answers;
    void reply(call&, answer&& what) noexcept override { answers.push_back(std::move(what)); }
  };
  struct device_side final : link_events {
    std::vector<exchange_topic> topics;
    std::vector<request> requests;
    void on_link_up(mqcoap::link&) noexcept override {}
    void on_link_down(mqcoap::link&, const outage_cause&) noexcept override {}
    void on_message(mqcoap::link&, const inbound& m) noexcept override {
      topics.push_back(*exchange_topic::parse(m.topic));
      requests.push_back(*decode_request(m.payload, topics.back().id(), {}));
    }
  };

  manual_clock time;
  memory_broker broker;
  memory_link lab{broker, "lab"};
  memory_link theirs{broker, "theirs"};
  device_side device;
  std::shared_ptr<callers> callers_ = std::make_shared<callers>();
  std::vector<mqcoap::link*> links{&lab};
  counters counted;
  statistics stats;
  namespace_name ns = default_namespace();
  decode_rules decoding;
  gateway_limits limits;
  std::vector<std::pair<std::string, answer>> late;
  request_id_generator ids{7};
  std::optional<proxy> tested;

  proxy_fixture() {
    limits.in_flight = 16;
    proxy_options options;
    options.routes.push_back(route("plain", "D_1", {}));
    options.routes.push_back(route("moved", "D_2", {"", "", "D_1", "hv", "v1/{path}"}));
    options.routes.push_back(route("other", "D_3", {}));
    tested.emplace(std::move(options),
                   proxy::environment{links, time, counted, stats, ns, decoding, limits,
                                      [this](const call& requested, const answer& what) {
                                        late.emplace_back(requested.original_request().path.text(), what);
                                      }});
    theirs.subscribe("gf_int_v1/+/request/D_1/+", {});
    theirs.start(device);
    lab.start(*this);
    broker.run();
  }
  virtual ~proxy_fixture() = default;

  static route_options route(const std::string& name, const std::string& tag, route_target to) {
    route_options made;
    made.name = name;
    made.match.tags = {tag};
    made.to = std::move(to);
    made.timeout = 1s;
    made.queue = 1;
    return made;
  }

  void on_link_up(mqcoap::link& l) noexcept override { tested->on_link_up(l); }
  void on_link_down(mqcoap::link& l, const outage_cause& why) noexcept override {
    tested->on_link_down(l, why.message());
  }
  void on_message(mqcoap::link& l, const inbound& m) noexcept override {
    tested->on_response(l, *exchange_topic::parse(m.topic), m.payload);
  }

  /// Sends a request under the subsystem `proxy`.
  void ask(const std::string& verb, const std::string& to, const std::string& body = "null") {
    const std::string id(ids.next().text());
    auto topic = *exchange_topic::parse("gf_int_v1/proxy/request/GW_1/" + id);
    auto decoded =
        decode_request(R"({"header":{"method":")" + verb + R"(","path":")" + to + R"(","request_id":")" + id +
                           R"("},"body":)" + body + R"(,"timestamp":"1"})",
                       id, decoding);
    REQUIRE(decoded.has_value());
    auto made = std::make_unique<call>(call{std::move(topic), *std::move(decoded), time.now()});
    tested->forward(responder(std::move(made), callers_), make_address(to));
    broker.run();
  }
  void answer_to(std::size_t n, answer what = {}) {
    std::string payload;
    encode_answer(payload, what, device.requests.at(n), "D_1", time.wall());
    theirs.publish(device.topics.at(n).response_topic(), payload, steady_time::max());
    broker.run();
  }
  void pass(std::chrono::milliseconds by) {
    time.advance(by);
    tested->expire(time.now());
    broker.run();
  }
  /// Returns the last answer to a caller: its code and text.
  std::string last() const {
    if (callers_->answers.empty()) return "none";
    const auto& a = callers_->answers.back();
    return std::to_string(to_int(a.code)) + ' ' + std::string(a.body.text()) + (a.never_run ? " unrun" : "");
  }
};

}  // namespace

TEST_CASE_FIXTURE(proxy_fixture, "a hop has an id of its own, and its answer is the caller's") {
  ask("GET", "D_1/axuv/gains");
  REQUIRE(device.requests.size() == 1);
  CHECK(device.requests[0].source == lab.client_id());
  CHECK(device.requests[0].options->hops == 7U);
  answer a;
  a.body = json_text::from_value(7);
  answer_to(0, a);
  CHECK(last() == "205 7");
  CHECK(callers_->answers[0].source == "D_1");
  CHECK(tested->whole_load().in_flight == 0);
  CHECK(counted[event::forwarded] == 1);
  answer_to(0, a);
  CHECK(counted[event::answer_duplicate] == 1);
  CHECK(callers_->answers.size() == 1);
}

TEST_CASE_FIXTURE(proxy_fixture, "a location leads back through the route") {
  ask("POST", "D_2/axuv/shots", "1");
  REQUIRE(device.requests.size() == 1);
  CHECK(device.requests[0].path.text() == "v1/shots");
  answer a;
  a.code = response_code::created;
  SUBCASE("to where the caller gets by it") {
    a.location = "v1/shots/3";
    answer_to(0, a);
    CHECK(callers_->answers.at(0).location == "D_2/axuv/shots/3");
  }
  SUBCASE("or is left out") {
    a.location = "v2/shots/3";
    answer_to(0, a);
    CHECK(callers_->answers.at(0).location.empty());
  }
  SUBCASE("also if it comes late") {
    pass(1s);
    CHECK(last() == R"(504 "D_1 did not answer within 1s; the POST may have been run")");
    a.location = "v1/shots/3";
    answer_to(0, a);
    REQUIRE(late.size() == 1);
    CHECK(late[0].second.location == "D_2/axuv/shots/3");
    CHECK(counted[event::answer_late] == 1);
  }
}

TEST_CASE_FIXTURE(proxy_fixture, "an unusable answer causes a 502") {
  ask("GET", "D_1/axuv/gains");
  theirs.publish(device.topics.at(0).response_topic(), "[1]", steady_time::max());
  broker.run();
  CHECK(last().starts_with(R"(502 "the answer of D_1 is unusable: )"));
}

TEST_CASE_FIXTURE(proxy_fixture, "a silent device causes a 504, and requests that waited were not run") {
  ask("GET", "D_1/axuv/a");
  ask("PUT", "D_1/axuv/b", "1");
  ask("GET", "D_1/axuv/c");
  CHECK(last() == R"(503 "D_1 is busy and 1 requests are already waiting for it; try again later" unrun)");
  pass(1s);
  REQUIRE(callers_->answers.size() == 3);
  CHECK(callers_->answers[1].body.text() == R"("D_1 did not answer within 1s")");
  CHECK(last() ==
        R"(504 "D_1 did not answer within 1s; the request waited behind others and was not sent" unrun)");
}

TEST_CASE_FIXTURE(proxy_fixture,
                  "a lost broker causes a 504 for sent requests, and a 503 for waiting and new ones") {
  ask("PUT", "D_1/axuv/a", "1");
  ask("PUT", "D_1/axuv/b", "1");
  broker.go_down();
  REQUIRE(callers_->answers.size() == 2);
  for (const auto& a : callers_->answers) {
    CHECK(a.body.text().starts_with("\"broker lab is gone ("));
    CHECK(a.never_run == (a.code == response_code::service_unavailable));
  }
  ask("GET", "D_1/axuv/a");
  CHECK(last() == R"(503 "broker lab is not connected; try again later" unrun)");
}

TEST_CASE_FIXTURE(proxy_fixture, "a subscription that is refused is 503, and the next one asks again") {
  broker.deny("gf_int_v1/+/response/D_1");
  ask("GET", "D_1/axuv/a");
  CHECK(last().starts_with(R"(503 "the answers of D_1 on broker lab cannot be subscribed to: )"));
  CHECK_FALSE(tested->listens_to("lab/gf_int_v1/D_1"));
  broker.allow_all();
  ask("GET", "D_1/axuv/a");
  CHECK(device.requests.size() == 1);
}

TEST_CASE_FIXTURE(proxy_fixture, "an unanswered subscription is 504, and was not run") {
  broker.ignore("gf_int_v1/+/response/D_1");
  ask("GET", "D_1/axuv/a");
  pass(1s);
  CHECK(last() == R"(504 "D_1 did not answer within 1s; the request was not sent, because broker lab has )"
                  R"(not confirmed the subscription to its answers" unrun)");
}

TEST_CASE_FIXTURE(proxy_fixture,
                  "a request that is too large for the broker causes a 413, whichever side detects it") {
  SUBCASE("the link") { broker.limit_payload(1000); }
  SUBCASE("the broker, later") { broker.limit_payload(1000, memory_broker::refusal::later); }
  ask("PUT", "D_1/axuv/a", '"' + std::string(5000, 'x') + '"');
  CHECK(last().starts_with("413 \"the request to D_1 has "));
  CHECK(tested->whole_load().all() == 0);
}

TEST_CASE_FIXTURE(proxy_fixture, "a request that the broker denies is 503 at once") {
  broker.deny_publishing("gf_int_v1/axuv/request/D_1");
  ask("PUT", "D_1/axuv/a", '"' + std::string(5000, 'x') + '"');
  CHECK(last().starts_with(R"(503 "the request could not be sent to D_1 on broker lab: )"));
}

TEST_CASE_FIXTURE(proxy_fixture, "one device does not take the places of all others") {
  limits.in_flight = 3;
  ask("GET", "D_1/axuv/a");
  ask("GET", "D_1/axuv/b");
  ask("GET", "D_3/axuv/a");
  ask("GET", "D_3/axuv/b");
  CHECK(last().find("the gateway is already forwarding 3 requests") != std::string::npos);
}

TEST_CASE_FIXTURE(proxy_fixture, "a hop that returns in a loop causes a 502") {
  ask("PUT", "D_1/axuv/a", "1");
  const auto id = device.requests.at(0).id;
  REQUIRE(tested->find_sent(id));
  CHECK(tested->find_sent(id)->route == "plain");
  SUBCASE("at once") {
    tested->end_loop(id, "a loop");
    CHECK(last() == R"(502 "a loop")");
  }
  SUBCASE("when its device is silent, and then the next one at once") {
    tested->expect_loop(id, "maybe a loop");
    CHECK(last() == "none");
    pass(1s);
    CHECK(last() == R"(502 "maybe a loop; the PUT may have been run")");
    ask("GET", "D_1/axuv/a");
    tested->expect_loop(device.requests.at(1).id, "again a loop");
    CHECK(last() == R"(502 "again a loop")");
  }
}

TEST_CASE_FIXTURE(proxy_fixture, "requests of the last minutes are remembered, however many followed") {
  for (int i = 0; i < 5000; ++i) {
    ask("GET", "D_1/axuv/a");
    answer_to(static_cast<std::size_t>(i));
  }
  std::size_t known = 0;
  for (const auto& topic : device.topics)
    if (tested->knows(*exchange_topic::parse(topic.response_topic()))) ++known;
  CHECK(known == 5000);
}

TEST_CASE_FIXTURE(proxy_fixture, "a link is released when the last hop on it has ended") {
  ask("PUT", "D_1/axuv/a", "1");
  CHECK_FALSE(tested->release(lab));
  CHECK_FALSE(tested->listens_to("lab/gf_int_v1/D_1"));
  answer_to(0);
  CHECK(callers_->answers.size() == 1);
  CHECK(tested->release(lab));
  CHECK(lab.filters().empty());
}

TEST_CASE_FIXTURE(proxy_fixture, "a stop answers waiting requests") {
  ask("PUT", "D_1/axuv/a", "1");
  ask("PUT", "D_1/axuv/b", "1");
  tested.reset();
  REQUIRE(callers_->answers.size() == 2);
  std::vector<std::string> message;
  for (const auto& a : callers_->answers) message.emplace_back(a.body.text());
  std::sort(message.begin(), message.end());
  CHECK(message[0] == R"("the gateway is stopping; the PUT may have been run")");
  CHECK(message[1] == R"("the gateway is stopping; the request was not sent")");
}
