#include <doctest/doctest.h>
#include <mqcoap/resource/value/value.hpp>
#include <session/fleet.hpp>
#include <words/failure.hpp>

using namespace mqcoap;
using namespace mqcoap::cli;

namespace {

const value_options& value_of(const device_options& device, std::size_t index) {
  return *device.resources.at(index).kind.get_if<value_options>();
}

}  // namespace

TEST_CASE("a device has a value for each word: JSON, else a text") {
  const auto device = make_device("GW_1", {"gains=[0,1]", "/fw=0.3.1", "supply/voltage=5"}, false);
  CHECK(device.tag.text() == "GW_1");
  REQUIRE(device.resources.size() == 3);
  CHECK(device.resources[0].path == "gains");
  CHECK(value_of(device, 0).initial.text() == "[0,1]");
  CHECK(value_of(device, 0).methods == method_set{method::get, method::put});
  CHECK(device.resources[1].path == "fw");
  CHECK(value_of(device, 1).initial.text() == "\"0.3.1\"");
  CHECK(device.resources[2].path == "supply/voltage");
}

TEST_CASE("read-only values take no PUT") {
  CHECK(value_of(make_device("GW_1", {"a=1"}, true), 0).methods == method_set{method::get});
}

TEST_CASE("options that cannot be served are rejected with a hint") {
  CHECK_THROWS_WITH_AS(make_device("GW 1", {"a=1"}, false), doctest::Contains("neither a tag"),
                       usage_failure);
  CHECK_THROWS_WITH_AS(make_device("GW_1", {}, false), doctest::Contains("-r PATH=VALUE"), usage_failure);
  CHECK_THROWS_WITH_AS(make_device("GW_1", {"gains"}, false), doctest::Contains("PATH=VALUE"), usage_failure);
  CHECK_THROWS_WITH_AS(make_device("GW_1", {"a=1", "/a=2"}, false), doctest::Contains("twice"),
                       usage_failure);
  for (const char* text : {"=1", "a//b=1", "a/**=1", ".well-known/core=1", "../a=1"})
    CHECK_THROWS_AS(make_device("GW_1", {text}, false), usage_failure);
}

TEST_CASE("the tags of a fleet are made of a number and the tag that a device is like") {
  CHECK(tag_pattern::parse("{tag}_%d").tag("P_1", 7) == "P_1_7");
  CHECK(tag_pattern::parse("SIM_%03d").tag("P_1", 7) == "SIM_007");
  CHECK(tag_pattern::parse("SIM_%03d").tag("P_1", 1234) == "SIM_1234");
  CHECK(tag_pattern::parse("%d-{tag}-x").tag("P_1", 2) == "2-P_1-x");
}

TEST_CASE("invalid patterns of tags are rejected") {
  for (const char* text :
       {"", "SIM", "SIM_%", "SIM_%s", "SIM_%d_%d", "SIM_%3d", "SIM %d", "{n}_%d", "SIM_%00d"})
    CHECK_THROWS_AS(tag_pattern::parse(text), usage_failure);
}

TEST_CASE("a fleet copies the given devices in rotation") {
  const std::vector<device_options> like{make_device("A", {"a=1"}, false), make_device("B", {"b=1"}, false)};
  const auto fleet = make_fleet(like, 3, tag_pattern::parse("{tag}_%d"));
  REQUIRE(fleet.size() == 3);
  CHECK(fleet[0].tag.text() == "A_1");
  CHECK(fleet[1].tag.text() == "B_2");
  CHECK(fleet[2].tag.text() == "A_3");
  CHECK(fleet[2].resources.at(0).path == "a");
}

TEST_CASE("a fleet whose tags would be too long, or the same, is refused") {
  const std::vector<device_options> long_tag{make_device(std::string(63, 'A'), {"a=1"}, false)};
  CHECK_THROWS_AS(make_fleet(long_tag, 1, tag_pattern::parse("{tag}_%d")), usage_failure);
  // "11" with number 1 results in the same tag as "1" with number 11.
  std::vector<device_options> digits;
  for (int i = 0; i < 11; ++i) digits.push_back(make_device(i == 0 ? "11" : "1", {"a=1"}, false));
  CHECK_THROWS_WITH_AS(make_fleet(digits, 11, tag_pattern::parse("{tag}%d")), doctest::Contains("111"),
                       usage_failure);
}
