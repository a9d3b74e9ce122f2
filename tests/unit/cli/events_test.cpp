#include <doctest/doctest.h>

#include <event_pattern.hpp>
#include <failure.hpp>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;

namespace {

constexpr unix_millis when{1'767'225'600'123};

general_topic topic(const char* text) { return general_topic::parse(text).value(); }

std::string filter(const char* pattern) {
  return event_pattern(pattern).filter(general_topic::kind::event).text(default_namespace());
}

}  // namespace

TEST_CASE("what is subscribed to is as narrow as the pattern") {
  CHECK(filter("") == "gf_int_v1/+/event/+/#");
  CHECK(filter("DEV_1") == "gf_int_v1/+/event/DEV_1/#");
  CHECK(filter("DEV_1/axuv") == "gf_int_v1/axuv/event/DEV_1/#");
  CHECK(filter("DEV_1/axuv/a/b") == "gf_int_v1/axuv/event/DEV_1/a/b");
  CHECK(filter("DEV_*/axuv/*") == "gf_int_v1/axuv/event/+/#");
}

TEST_CASE("patterns") {
  const auto temp = topic("gf_int_v1/axuv/event/DEV_1/deep/temp");
  for (const char* fits : {"", "*", "DEV_1", "DEV_?/axuv", "*/*/*temp", "DEV_1/axuv/deep/temp", "//deep/*"}) {
    CAPTURE(fits);
    CHECK(event_pattern(fits).matches(temp));
  }
  for (const char* misses : {"DEV_2", "*/other", "*/*/temp", "DEV"}) {
    CAPTURE(misses);
    CHECK_FALSE(event_pattern(misses).matches(temp));
  }
  for (const char* bad : {"a b", "DEV/a b", "DEV/axuv/../x"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(event_pattern{bad}, usage_failure);
  }
}

TEST_CASE("an event in each form") {
  const general_message m{
      topic("gf_int_v1/axuv/event/DEV_1/temp"), {test::json("\"a,b\""), unix_millis{5}}, true};
  CHECK(show_event(m, {}, when) == "2026-01-01T00:00:00.123Z\tDEV_1/axuv/temp\t\"a,b\"\n");
  CHECK(show_event(m, {.kind = output_kind::raw}, when) == "a,b\n");
  CHECK(show_event(m, {.kind = output_kind::csv}, when) ==
        "2026-01-01T00:00:00.123Z,DEV_1/axuv/temp,\"a,b\"\n");
  CHECK(show_event(m, {.kind = output_kind::json}, when) ==
        "{\"time\":\"2026-01-01T00:00:00.123Z\",\"address\":\"DEV_1/axuv/"
        "temp\",\"kind\":\"event\",\"retained\":true,"
        "\"timestamp\":5,\"body\":\"a,b\"}\n");
}
