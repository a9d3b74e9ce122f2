#include <doctest/doctest.h>

#include <session/seen_event.hpp>
#include <words/event_pattern.hpp>
#include <words/failure.hpp>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;

namespace {

constexpr unix_millis seen_at{1'767'225'600'123};

std::string filter(const char* pattern) {
  return event_pattern(pattern).filter(general_topic::kind::event).text(default_namespace());
}

}  // namespace

TEST_CASE("the subscription is as narrow as the pattern") {
  CHECK(filter("") == "gf_int_v1/+/event/+/#");
  CHECK(filter("DEV_1") == "gf_int_v1/+/event/DEV_1/#");
  CHECK(filter("DEV_1/axuv") == "gf_int_v1/axuv/event/DEV_1/#");
  CHECK(filter("DEV_1/axuv/a/b") == "gf_int_v1/axuv/event/DEV_1/a/b");
  CHECK(filter("DEV_*/axuv/*") == "gf_int_v1/axuv/event/+/#");
}

TEST_CASE("patterns") {
  for (const char* fits : {"", "*", "DEV_1", "DEV_?/axuv", "*/*/*temp", "DEV_1/axuv/deep/temp", "//deep/*"}) {
    CAPTURE(fits);
    CHECK(event_pattern(fits).matches("DEV_1", "axuv", "deep/temp"));
  }
  for (const char* misses : {"DEV_2", "*/other", "*/*/temp", "DEV"}) {
    CAPTURE(misses);
    CHECK_FALSE(event_pattern(misses).matches("DEV_1", "axuv", "deep/temp"));
  }
  for (const char* bad : {"a b", "DEV/a b", "DEV/axuv/../x"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(event_pattern{bad}, usage_failure);
  }
}

TEST_CASE("an event in each form") {
  const auto m =
      read_event("gf_int_v1/axuv/event/DEV_1/temp", R"({"body":"a,b","timestamp":"5"})", true).value();
  CHECK(m.fault.empty());
  CHECK(show_event(m, {}, seen_at) == "2026-01-01T00:00:00.123Z\tDEV_1/axuv/temp\t\"a,b\"\n");
  CHECK(show_event(m, {.kind = output_kind::raw}, seen_at) == "a,b\n");
  CHECK(show_event(m, {.kind = output_kind::csv}, seen_at) ==
        "2026-01-01T00:00:00.123Z,DEV_1/axuv/temp,\"a,b\"\n");
  CHECK(show_event(m, {.kind = output_kind::json}, seen_at) ==
        "{\"time\":\"2026-01-01T00:00:00.123Z\",\"address\":\"DEV_1/axuv/"
        "temp\",\"kind\":\"event\",\"retained\":true,"
        "\"timestamp\":5,\"body\":\"a,b\"}\n");
}

TEST_CASE(
    "events that other programs drop are shown with their fault: without timestamp, without an object, of "
    "another kind") {
  const auto shown = [](std::string_view payload, output_kind kind = output_kind::body) {
    return show_event(read_event("gf_int_v1/axuv/event/DEV_1/temp", payload, false).value(), {.kind = kind},
                      seen_at);
  };
  const std::string begin = "2026-01-01T00:00:00.123Z\tDEV_1/axuv/temp\t";
  CHECK(shown(R"({"body":21})").starts_with(begin + "21\t! "));
  CHECK(shown(R"({"body":21})").find("timestamp") != std::string::npos);
  CHECK(shown("21.5").starts_with(begin + "21.5\t! "));
  CHECK(shown("hot").starts_with(begin + "\"hot\"\t! "));
  CHECK(shown("\x1b[2J\xff").starts_with(begin + "\"?[2J?\"\t! "));
  CHECK(shown("").starts_with(begin + "\"\"\t! "));
  CHECK(shown(R"({"header":{"method":"GET"},"body":1,"timestamp":"1"})").find("\t! ") != std::string::npos);
  CHECK(shown(R"({"body":21})", output_kind::json).find(R"("fault":")") != std::string::npos);
  CHECK(shown(R"({"body":21})", output_kind::csv).find(",21,") != std::string::npos);
  CHECK(shown(R"({"body":21})", output_kind::raw) == "21\n");
}

TEST_CASE("a topic that is not that of an event is marked or ignored") {
  CHECK_FALSE(read_event("gf_int_v1/axuv/request/DEV_1/x", "{}", false).has_value());
  CHECK_FALSE(read_event("gf_int_v1/axuv/event", "{}", false).has_value());
  const auto e = read_event("gf_int_v1/axuv/event/DEV_1", R"({"body":1,"timestamp":"1"})", false);
  REQUIRE(e.has_value());
  CHECK_FALSE(e->fault.empty());
}
