#include <doctest/doctest.h>

#include <mqcoap/transport/topic_filter.hpp>

using mqcoap::filter_matches;

TEST_CASE("a filter without wildcards matches itself only") {
  CHECK(filter_matches("a/b", "a/b"));
  CHECK_FALSE(filter_matches("a/b", "a/bc"));
  CHECK_FALSE(filter_matches("a/b", "a"));
  CHECK_FALSE(filter_matches("a", "a/b"));
  CHECK_FALSE(filter_matches("a/b", "A/b"));
  CHECK_FALSE(filter_matches("a/b", "/a/b"));
}

TEST_CASE("+ stands for exactly one level, even an empty one") {
  CHECK(filter_matches("a/+/c", "a/b/c"));
  CHECK(filter_matches("a/+", "a/"));
  CHECK(filter_matches("+/+", "/a"));
  CHECK(filter_matches("+", "a"));
  CHECK_FALSE(filter_matches("a/+", "a"));
  CHECK_FALSE(filter_matches("+", "/a"));
  CHECK_FALSE(filter_matches("a/+/c", "a/b/b/c"));
}

TEST_CASE("# stands for any number of levels, and for its parent") {
  CHECK(filter_matches("#", "a/b/c"));
  CHECK(filter_matches("a/#", "a/b/c"));
  CHECK(filter_matches("a/#", "a"));
  CHECK(filter_matches("a/+/#", "a/b"));
  CHECK(filter_matches("a/#", "a/"));
  CHECK_FALSE(filter_matches("a/+/#", "a"));
  CHECK_FALSE(filter_matches("a/#", "ab"));
}

TEST_CASE("a leading wildcard does not match topics of the broker itself") {
  CHECK_FALSE(filter_matches("#", "$SYS/uptime"));
  CHECK_FALSE(filter_matches("+/uptime", "$SYS/uptime"));
  CHECK(filter_matches("$SYS/#", "$SYS/uptime"));
  CHECK(filter_matches("$SYS/+", "$SYS/uptime"));
  CHECK(filter_matches("a/+", "a/$b"));
}

TEST_CASE("nothing matches an empty filter or topic") {
  CHECK_FALSE(filter_matches("", "a"));
  CHECK_FALSE(filter_matches("#", ""));
  CHECK_FALSE(filter_matches("", ""));
}
