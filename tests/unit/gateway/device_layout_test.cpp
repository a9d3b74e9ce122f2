#include <doctest/doctest.h>

#include <mqcoap/gateway/device_layout.hpp>
#include <mqcoap/resource/action/action.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <string>
#include <utility>

#include "gateway_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

value_options number(const char* initial) {
  value_options value;
  value.initial = *json_text::parse(initial);
  value.methods = {method::get, method::put};
  return value;
}

value_options metric() {
  auto value = number("1");
  value.is_metric = true;
  return value;
}

device_options device(const char* tag, resource_list resources) {
  return {*device_tag::parse(tag), {}, {}, std::move(resources)};
}

/// GW_1 and GW_2 with the same template.
struct template_fixture : gateway_fixture {
  void put_in_force(const resource_list& resources) {
    gateway_options options{80, default_namespace(), {}, {}, {}, {}};
    options.devices = {device("GW_1", resources), device("GW_2", resources)};
    tested.reconfigure(options, {&lab});
    broker.run();
  }
  std::string answer_to(const char* verb, const char* tag, const char* path, const char* body = "null") {
    ask(verb, tag, "axuv", path, body);
    return caller.answers.back();
  }
  bool says(const std::string& answer, const char* message) {
    return answer.find(message) != std::string::npos;
  }
};

}  // namespace

TEST_CASE("resources that need nothing of their device are made once for all of them") {
  action_options when_ready;
  when_ready.when.push_back({"ready", *json_text::parse("true")});
  auto lasting = number("1");
  lasting.persist = true;
  const resource_list resources{{"a", {}, {}, number("1")},      {"ready", {}, {}, number("true")},
                                {"act", {}, {}, when_ready},     {"rate", {}, {}, metric()},
                                {"stored", {}, {}, lasting},     {"b/c", {}, {}, number("2")},
                                {"all/**", {}, {}, number("3")}, {"one/*/d", {}, {}, number("4")}};
  layout_set layouts;
  const auto layout = layouts.of(device("GW_1", resources));
  CHECK(layouts.of(device("GW_2", resources)) == layout);
  CHECK(layout->cells()->size() == 2);
  CHECK(layout->find("a") != nullptr);
  CHECK(layout->find("b/c")->number == 1);
  CHECK(layout->find("ready") == nullptr);
  CHECK(layout->is_condition("ready"));
  CHECK(layout->own().size() == 6);
  auto with_subsystem = device("GW_3", resources);
  with_subsystem.subsystems.push_back(*subsystem_name::parse("axuv"));
  CHECK(layouts.of(with_subsystem) != layout);  // discovery returns a different text
}

TEST_CASE_FIXTURE(template_fixture, "devices of one template have different values") {
  start();
  put_in_force({{"a", {}, {}, number("1")}});
  CHECK(says(answer_to("PUT", "GW_1", "a", "2"), ":204"));
  CHECK(says(answer_to("GET", "GW_1", "a"), R"("body":2,)"));
  CHECK(says(answer_to("GET", "GW_2", "a"), R"("body":1,)"));
  CHECK(says(answer_to("GET", "GW_2", "b"), ":404"));
  CHECK(says(answer_to("GET", "GW_2", ".well-known/core"), R"({"path":"a",)"));
}

TEST_CASE_FIXTURE(template_fixture, "a reload keeps the list of resources that is there, if it is equal") {
  start();
  put_in_force({{"a", {}, {}, number("1")}});
  const auto before = tested.devices().at("GW_1");
  put_in_force({{"a", {}, {}, number("1")}});
  CHECK(tested.devices().at("GW_1") == before);
  for (const auto& each : tested.options().devices)
    CHECK(each.resources.identity() == before->options().resources.identity());
  put_in_force({{"a", {}, {}, number("2")}});
  CHECK(tested.devices().at("GW_1") != before);
  CHECK(says(answer_to("GET", "GW_1", "a"), R"("body":2,)"));
}

TEST_CASE_FIXTURE(template_fixture, "a path that is served twice is refused, common or not") {
  for (const auto& second : {number("1"), metric()}) {
    CHECK_THROWS_WITH_AS(put_in_force({{"a", {}, {}, number("1")}, {"a", {}, {}, second}}),
                         "GW_1: two resources serve 'a'", std::invalid_argument);
    CHECK_THROWS_AS(put_in_force({{"a", {}, {}, second}, {"a", {}, {}, number("1")}}), std::invalid_argument);
  }
  CHECK_THROWS_AS(put_in_force({{".well-known/core", {}, {}, number("1")}}), std::invalid_argument);
}
