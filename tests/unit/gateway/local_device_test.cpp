#include <doctest/doctest.h>

#include <mqcoap/resource/action/action.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gateway_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

value_options writable_number(const char* initial, bool is_metric = false) {
  value_options value;
  value.initial = *json_text::parse(initial);
  value.methods = {method::get, method::put};
  value.is_metric = is_metric;
  return value;
}

action_options set_to_two(const char* path) {
  action_options action;
  action.set.push_back({path, *json_text::parse("2")});
  return action;
}

gateway_options with_resources(std::vector<resource_options> resources) {
  gateway_options options{80, default_namespace(), {}, {}, {}, {}};
  options.devices.push_back({*device_tag::parse("GW_1"), {}, {}, std::move(resources)});
  return options;
}

struct device_fixture : gateway_fixture {
  void put_in_force(std::vector<resource_options> resources) {
    tested.reconfigure(with_resources(std::move(resources)), {&lab});
  }
};

}  // namespace

TEST_CASE_FIXTURE(device_fixture, "an action may stand before the values that it names") {
  start();
  put_in_force({{"act", {}, {}, set_to_two("b")},
                {"a", {}, {}, writable_number("1")},
                {"b", {}, {}, writable_number("1")}});
  broker.run();
  ask("POST", "GW_1", "axuv", "act");
  ask("GET", "GW_1", "axuv", "b");
  REQUIRE(caller.answers.size() == 2);
  CHECK(caller.answers.back().find(R"("body":2,)") != std::string::npos);
}

TEST_CASE_FIXTURE(device_fixture, "metrics keep the order of the resources, whichever refers to them") {
  put_in_force({{"act", {}, {}, set_to_two("b")},
                {"a", {}, "V", writable_number("1", true)},
                {"b", {}, {}, writable_number("1", true)}});
  const auto& gauges = tested.devices().at("GW_1")->gauges();
  REQUIRE(gauges.size() == 2);
  CHECK(gauges.front().path == "a");
  CHECK(gauges.front().unit == "V");
  CHECK(gauges.back().path == "b");
}

TEST_CASE_FIXTURE(device_fixture, "an inconsistent configuration is rejected, and nothing has changed") {
  const auto* const before = tested.devices().at("GW_1").get();
  CHECK_THROWS_AS(put_in_force({{"act", {}, {}, set_to_two("a")}}), std::invalid_argument);
  CHECK_THROWS_AS(put_in_force({{"act", {}, {}, set_to_two("act")}}), std::invalid_argument);
  CHECK_THROWS_AS(put_in_force({{"a", {}, {}, writable_number("1")}, {"a", {}, {}, writable_number("2")}}),
                  std::invalid_argument);
  CHECK(tested.devices().at("GW_1").get() == before);
}
