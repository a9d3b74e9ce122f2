#include <doctest/doctest.h>
#include <words/address_pattern.hpp>
#include <words/failure.hpp>

using namespace mqcoap;
using namespace mqcoap::cli;

TEST_CASE("omitted parts of a pattern match everything") {
  const auto tag = address_pattern::parse("GW_*");
  CHECK(tag.matches("GW_1", "axuv", "a/b"));
  CHECK_FALSE(tag.matches("DEV_1", "axuv", "a/b"));
  const auto subsystem = address_pattern::parse("*/ax?v");
  CHECK(subsystem.matches("GW_1", "axuv", ""));
  CHECK_FALSE(subsystem.matches("GW_1", "hv", "a"));
}

TEST_CASE("in a path, * matches one segment and ** all remaining ones") {
  const auto one = address_pattern::parse("GW_1/axuv/supply/*");
  CHECK(one.matches("GW_1", "axuv", "supply/voltage"));
  CHECK_FALSE(one.matches("GW_1", "axuv", "supply/voltage/now"));
  CHECK(address_pattern::parse("*/*/supply/**").matches("GW_1", "axuv", "supply/voltage/now"));
}

TEST_CASE("the filter is as narrow as topics allow") {
  const auto ns = default_namespace();
  CHECK(address_pattern::parse("*").filter(ns, "request") == "gf_int_v1/+/request/+/+");
  CHECK(address_pattern::parse("GW_1").filter(ns, "response") == "gf_int_v1/+/response/GW_1/+");
  CHECK(address_pattern::parse("GW_*/axuv/gains").filter(ns, "request") == "gf_int_v1/axuv/request/+/+");
}

TEST_CASE("invalid patterns are rejected") {
  for (const char* text : {"", "GW 1", "GW_1//gains", "GW_1/axuv//a", "GW_1/axuv/a/", "+/axuv", "a/#"})
    CHECK_THROWS_AS(address_pattern::parse(text), usage_failure);
}
