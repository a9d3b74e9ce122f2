#include <doctest/doctest.h>

#include <output/body_diff.hpp>
#include <words/failure.hpp>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;

namespace {

std::string difference(std::string_view was, std::string_view is,
                       const std::vector<std::string>& ignored = {}) {
  std::vector<json_place> places;
  for (const auto& text : ignored) places.push_back(parse_place(text));
  const auto found = first_difference(test::json(was), test::json(is), places);
  return found ? to_text(*found) : "";
}

}  // namespace

TEST_CASE("bodies are compared by value") {
  CHECK(difference("1", "1.0") == "");
  CHECK(difference(R"({"a":1,"b":[2, 3]})", R"({ "b": [2,3.0], "a": 1e0 })") == "");
  CHECK(difference("9007199254740993", "9007199254740992") != "");
  CHECK(difference("1", "2") == "1, now 2");
  CHECK(difference("null", "[]") == "null, now []");
  CHECK(difference("\"a\"", "\"b\"") == "\"a\", now \"b\"");
}

TEST_CASE("the first place where they differ is named") {
  CHECK(difference(R"({"a":{"b":[1,2]}})", R"({"a":{"b":[1,3]}})") == "at /a/b/1: 2, now 3");
  CHECK(difference("[1]", "[1,2]") == "at /1: nothing, now 2");
  CHECK(difference(R"({"a":1})", R"({})") == "at /a: 1, now nothing");
  CHECK(difference(R"({"x/y~z":1})", R"({"x/y~z":2})") == "at /x~1y~0z: 1, now 2");
  CHECK(difference("\"\\u001b\xc2\x9b\"", "1") == "\"\\u001b\\u009b\", now 1");
}

TEST_CASE("ignored places may differ or be missing") {
  CHECK(difference(R"({"t":1,"v":5})", R"({"t":2,"v":5})", {"/t"}) == "");
  CHECK(difference(R"({"t":1,"v":5})", R"({"v":5})", {"/t"}) == "");
  CHECK(difference(R"({"t":1,"v":5})", R"({"t":2,"v":6})", {"/t"}) == "at /v: 5, now 6");
  CHECK(difference(R"([{"t":1},{"t":2}])", R"([{"t":3},{"t":4}])", {"/*/t"}) == "");
  CHECK(difference(R"({"a/b":1})", R"({"a/b":2})", {"/a~1b"}) == "");
  CHECK(difference("1", "2", {""}) == "");
  CHECK(difference(R"({"t":{"x":1}})", R"({"t":{"x":2}})", {"/t/x/y"}) == "at /t/x: 1, now 2");
  CHECK_THROWS_AS(parse_place("t"), usage_failure);
}
