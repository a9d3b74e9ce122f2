#include <doctest/doctest.h>

#include <limits>
#include <output/findings.hpp>
#include <session/doctor_bridges.hpp>

using namespace mqcoap;
using namespace mqcoap::cli;
using namespace std::chrono_literals;

TEST_CASE("a round trip is slow compared to the time of the network") {
  CHECK(judge_round_trip(19ms, 1ms).result == verdict::ok);
  CHECK(judge_round_trip(41ms, 1ms).result == verdict::warn);
  CHECK(judge_round_trip(41ms, 1ms).advice.find("busy") != std::string::npos);
  CHECK(judge_round_trip(101ms, 50ms).result == verdict::ok);
}

TEST_CASE("a clock may be off by the network time plus one second") {
  CHECK(judge_clock({100'000}, {100'500}, 1ms).result == verdict::ok);
  CHECK(judge_clock({102'000}, {105'000}, 5s).result == verdict::ok);
  const auto behind = judge_clock({100'000}, {110'000}, 10ms);
  CHECK(behind.result == verdict::warn);
  CHECK(behind.message.find("9.9 s behind") != std::string::npos);
  CHECK(judge_clock({200'000}, {100'000}, 0ms).message.find("2 min ahead") != std::string::npos);
  CHECK(judge_clock({0}, {3'599'999}, 0ms).message.find("60 min behind") != std::string::npos);
  for (const auto farthest :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()})
    CHECK(judge_clock({farthest}, {1'767'225'600'000}, 0ms).result == verdict::warn);
  CHECK(judge_clock({0}, {1'767'225'600'000}, 0ms).advice.find("NTP") != std::string::npos);
}

TEST_CASE("a gateway's own status is reported, and other devices are ignored") {
  for (const auto* text : {"[]", "null", "7", "{}", R"({"state":1})"}) CHECK_FALSE(judge_gateway(text));
  auto found = judge_gateway(R"({"ready":true,"presence":{"devices":1,"announced":1,"failing":[]}})");
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().result == verdict::ok);
  found = judge_gateway(R"({"ready":false,"why_not_ready":"another program answers for GW_1"})");
  REQUIRE(found);
  CHECK(found->front().result == verdict::fail);
  CHECK(found->front().message.find("GW_1") != std::string::npos);
  CHECK(found->front().status != status_ok);
  found = judge_gateway(R"({"ready":true,"presence":{"failing":[{"tag":"GW_2","why":"refused"}]}})");
  REQUIRE(found);
  REQUIRE(found->size() == 2);
  CHECK(found->back().result == verdict::warn);
  CHECK(found->back().message == "not announced: GW_2: refused");
}

TEST_CASE("the median") {
  CHECK(median({5us}) == 5us);
  CHECK(median({9us, 1us, 5us}) == 5us);
}

TEST_CASE("a finding is a line, and a line of advice below it") {
  const finding f{verdict::warn, "clock", "it is late", "wind it up", status_ok};
  CHECK(show_finding(f, {}) == "warn  clock           it is late\n                      -> wind it up\n");
  CHECK(show_finding(f, {.kind = output_kind::json}) ==
        "{\"check\":\"clock\",\"result\":\"warn\",\"found\":\"it is late\",\"advice\":\"wind it up\"}\n");
}

TEST_CASE("bridged brokers are a fault only where a route serves from one to the other") {
  config::settings gateway{{link_options{}, link_options{}, link_options{}},
                           {80, default_namespace(), {}, {}, {}, {}}};
  gateway.brokers[0].name = "lab";
  gateway.brokers[1].name = "site";
  gateway.brokers[2].name = "far";
  auto& routes = gateway.gateway.proxy.routes;
  const auto add = [&](const char* name, const char* broker, bool serve, const char* ns) {
    auto& route = routes.emplace_back();
    route.name = name;
    route.serve = serve;
    route.to.broker = broker;
    route.to.ns = ns;
  };
  add("forwards", "site", false, "");
  add("renames", "site", true, "other_v1");
  CHECK(judge_bridge(gateway, "site", returned::no).result == verdict::ok);
  CHECK(judge_bridge(gateway, "site", returned::yes).result == verdict::ok);
  CHECK(judge_bridge(gateway, "site", returned::yes).message.find("bridged") != std::string::npos);
  const auto unsaid = judge_bridge(gateway, "site", returned::unsaid);
  CHECK(unsaid.result == verdict::warn);
  CHECK(unsaid.message.find("over MQTT 3.1.1 site does not say") != std::string::npos);
  add("serves", "site", true, "");
  CHECK(judge_bridge(gateway, "site", returned::no).result == verdict::ok);
  const auto found = judge_bridge(gateway, "site", returned::yes);
  CHECK(found.result == verdict::fail);
  CHECK(found.message.ends_with("by the routes that serve: serves"));
  CHECK(found.status == status_configuration);
  CHECK(judge_bridge(gateway, "far", returned::yes).result == verdict::ok);
}
