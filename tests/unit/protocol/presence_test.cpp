#include <doctest/doctest.h>

#include <mqcoap/protocol/presence.hpp>
#include <set>
#include <string>

using namespace mqcoap;

namespace {

std::string id_of(std::string_view prefix, const char* ns, const char* tag) {
  return presence_client_id(prefix, *namespace_name::parse(ns), *device_tag::parse(tag));
}

}  // namespace

TEST_CASE("the client id of a presence connection is the same on every machine and for ever") {
  CHECK(id_of("", "gf_int_v1", "GW_XX_0_0001") == id_of("mqcoap", "gf_int_v1", "GW_XX_0_0001"));
  CHECK(id_of("", "gf_int_v1", "GW_XX_0_0001") == "mqcoap-p5fd02fff48ff");
}

TEST_CASE("it is short, begins with the prefix and differs by namespace and tag") {
  std::set<std::string> all;
  for (int i = 0; i < 10'000; ++i) {
    const auto tag = "GW_" + std::to_string(i);
    all.insert(id_of("gateway-1", "gf_int_v1", tag.c_str()));
    all.insert(id_of("gateway-1", "gf_int_v2", tag.c_str()));
  }
  CHECK(all.size() == 20'000);
  CHECK(all.begin()->starts_with("gateway-1-p"));
  CHECK(all.begin()->size() == 23);
  CHECK(id_of("", "a", "b_c") != id_of("", "a_b", "c"));
}

TEST_CASE("what is written is read") {
  const auto online = read_presence(presence_payload(true, {1'700'000'000'123}));
  REQUIRE(online);
  CHECK(online->state == "ONLINE");
  CHECK(online->updated == unix_millis{1'700'000'000'123});
  CHECK_FALSE(online->is_offline());
  const auto offline = read_presence(presence_payload(false, {1}));
  REQUIRE(offline);
  CHECK(offline->is_offline());
}

TEST_CASE("a presence of other makes is read as far as it goes") {
  const auto number = read_presence(R"({"body":{"last_updated":17,"state":"BUSY"},"timestamp":"18"})");
  REQUIRE(number);
  CHECK(number->state == "BUSY");
  CHECK(number->updated == unix_millis{17});
  const auto text = read_presence(R"({"body":"OFFLINE","timestamp":"18"})");
  REQUIRE(text);
  CHECK(text->is_offline());
  CHECK(text->updated == unix_millis{18});
  CHECK(read_presence(R"({"body":null})"));
  CHECK_FALSE(read_presence(""));
  CHECK_FALSE(read_presence("OFFLINE"));
  CHECK_FALSE(read_presence(R"({"header":{"method":"GET"}})"));
}
