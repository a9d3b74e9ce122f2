#include <doctest/doctest.h>

#include <limits>
#include <output/listing.hpp>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;
using test::json;

namespace {

general_message presence(const char* tag, std::string_view body, const char* name = "presence") {
  return {general_topic::parse(std::string("gf_int_v1/gateway/system/") + tag + '/' + name).value(),
          {json(body), unix_millis{7}},
          true};
}

constexpr unix_millis now{1'000'000'000};

}  // namespace

TEST_CASE("a pattern looks for devices, a tag for resources") {
  CHECK(is_search(""));
  CHECK(is_search("2D_*"));
  CHECK(is_search("2D_?"));
  CHECK_FALSE(is_search("2D_XX_0_9999"));
  CHECK_FALSE(is_search("2D_XX_0_9999/axuv"));
}

TEST_CASE("presences are noted, whatever their form") {
  presence_list known;
  note_presence(known, presence("A", R"({"state":"ONLINE","last_updated":"999990000"})"), "");
  note_presence(known, presence("B", R"({"state":"OFFLINE","last_updated":999000000})"), "*");
  note_presence(known, presence("C", "\"here\""), "?");
  note_presence(known, presence("D", "{}"), "E*");
  note_presence(known, presence("A", "{}", "status"), "");
  REQUIRE(known.size() == 3);
  CHECK(known["A"].state == "ONLINE");
  CHECK(known["A"].updated == unix_millis{999'990'000});
  CHECK(known["B"].updated == unix_millis{999'000'000});
  CHECK(known["C"].state == "here");
  CHECK(known["C"].updated == unix_millis{7});

  CHECK(show_devices(known, {}, true, now) == "A\nB\nC\n");
  CHECK(show_devices(known, {}, false, now) == "A\tONLINE\t999990000\nB\tOFFLINE\t999000000\nC\there\t7\n");
  CHECK(show_devices(known, {.kind = output_kind::csv}, false, now)
            .starts_with("tag,state,last_updated\nA,ONLINE,"));
  CHECK(show_devices(known, {.kind = output_kind::json}, false, now)
            .starts_with(R"({"tag":"A","state":"ONLINE",)"));
  CHECK(show_devices(known, {.terminal = true}, false, now) ==
        "TAG  STATE    SINCE\nA    ONLINE   10 s\nB    OFFLINE  16 min\nC    here     11 d\n");
}

TEST_CASE("ages") {
  CHECK(age({}, now).empty());
  CHECK(age(unix_millis{now.count + 1}, now).empty());
  CHECK(age(unix_millis{std::numeric_limits<std::int64_t>::min()}, now).empty());
  CHECK(age(unix_millis{now.count - 99'000}, now) == "99 s");
  CHECK(age(unix_millis{now.count - 40 * 3'600'000LL}, now) == "40 h");
}

TEST_CASE("resources are read, sorted and shown") {
  const auto found = read_resources(json(
      R"([{"path":"gains","methods":["GET","PUT"],"type":"value","title":"a\tb"},{"path":"arm","methods":["POST"],"unit":"V"}])"));
  REQUIRE(found.has_value());
  const auto requested = *address::parse("D/s/.well-known/core");
  CHECK(show_resources(*found, {}, false, requested) ==
        "arm\tPOST\t\tV\t\t\t\ngains\tGET, PUT\tvalue\t\ta?b\t\t\n");
  CHECK(show_resources(*found, {}, true, requested) == "D/s/arm\nD/s/gains\n");
  CHECK(show_resources(*found, {.terminal = true}, false, requested)
            .starts_with("PATH   METHODS   TYPE   UNIT  TITLE\narm"));
  CHECK(
      show_resources(*found, {.kind = output_kind::json}, false, requested).starts_with(R"({"path":"arm")"));
  CHECK(read_resources(json("[]"))->empty());
}

TEST_CASE("resources are addressed under a subsystem that they have") {
  const auto found = read_resources(json(
      R"([{"path":"a","subsystems":["axuv","host"]},{"path":"b","subsystems":["gateway"]},{"path":"c"}])"));
  REQUIRE(found.has_value());
  const auto requested = *address::parse("D/gateway/.well-known/core");
  CHECK(show_resources(*found, {}, true, requested) == "D/axuv/a\nD/gateway/b\nD/gateway/c\n");
  const auto table = show_resources(*found, {.terminal = true}, false, requested);
  CHECK(table.starts_with("PATH  METHODS  TYPE  UNIT  TITLE  SUBSYSTEMS\n"));
  CHECK(table.find("axuv host") != std::string::npos);
}

TEST_CASE("resources that publish tell under which subsystem") {
  const auto found = read_resources(json(R"([{"path":"a","events":"axuv"},{"path":"b"}])"));
  REQUIRE(found.has_value());
  const auto requested = *address::parse("D/s/.well-known/core");
  CHECK(show_resources(*found, {}, false, requested) == "a\t\t\t\t\t\taxuv\nb\t\t\t\t\t\t\n");
  CHECK(show_resources(*found, {.terminal = true}, false, requested)
            .starts_with("PATH  METHODS  TYPE  UNIT  TITLE  EVENTS\na"));
}

TEST_CASE("a body that is not a list of resources is recognized") {
  for (const char* other : {"5", "{}", "[1]", "[{}]", "[{\"path\":1}]", "\"</a>\""}) {
    CAPTURE(other);
    CHECK_FALSE(read_resources(json(other)).has_value());
  }
}
