#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <mqcoap/json/json_number.hpp>
#include <mqcoap/schema/json_compare.hpp>
#include <mqcoap/schema/json_excerpt.hpp>

#include "support/json_value.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
namespace json = boost::json;

TEST_CASE("numbers are ordered by their exact value in whatever form they are held") {
  const json::value ascending[]{-1e30,
                                std::numeric_limits<std::int64_t>::min(),
                                -9007199254740993,
                                -9007199254740992.0,
                                -1.5,
                                -1,
                                -0.5,
                                0,
                                0.5,
                                1u,
                                9007199254740992.0,
                                9007199254740993,
                                std::numeric_limits<std::int64_t>::max(),
                                0x1p63,
                                9223372036854775809u,
                                std::numeric_limits<std::uint64_t>::max(),
                                0x1p64,
                                1e300};
  for (std::size_t i = 0; i < std::size(ascending); ++i)
    for (std::size_t j = 0; j < std::size(ascending); ++j) {
      CAPTURE(i);
      CAPTURE(j);
      CHECK((compare_numbers(ascending[i], ascending[j]) <=> 0) == (i <=> j));
    }
}

TEST_CASE("a number is the same in each form that can hold it") {
  const json::value fives[]{5, 5u, 5.0};
  for (const auto& a : fives)
    for (const auto& b : fives) CHECK(equal_json(a, b));
  CHECK(equal_json(0, -0.0));
  CHECK(equal_json(0x1p63, 9223372036854775808u));
}

TEST_CASE("values of different types are never equal and always in the same order") {
  const char* ascending[]{
      "null", "false", "true", "-1", "2",          "\"\"",       "\"a\"",      "[]",
      "[1]",  "[1,2]", "[2]",  "{}", R"({"a":1})", R"({"a":2})", R"({"b":1})", R"({"a":1,"b":2})"};
  for (std::size_t i = 0; i < std::size(ascending); ++i)
    for (std::size_t j = 0; j < std::size(ascending); ++j) {
      CAPTURE(ascending[i]);
      CAPTURE(ascending[j]);
      CHECK((compare_json(json_value(ascending[i]), json_value(ascending[j])) <=> 0) == (i <=> j));
    }
}

TEST_CASE("objects are equal whatever the order of their members") {
  CHECK(equal_json(json_value(R"({"a":1,"b":[{"x":1,"y":2}]})"),
                   json_value(R"({"b":[{"y":2.0,"x":1}],"a":1})")));
  CHECK_FALSE(equal_json(json_value(R"({"a":1})"), json_value(R"({"a":1,"b":null})")));
}

TEST_CASE("an excerpt reads as a person would write it, and reads back while it is whole") {
  for (const char* text : {"null", "true", "21.5", "-7", "18446744073709551615", R"("a\"b")", R"([1,2.5,[]])",
                           R"({"a":{"b":[null]},"c":"x"})"})
    CHECK(excerpt(json_value(text)) == text);
  CHECK(std::stod(number_text(0.1)) == 0.1);
  CHECK(number_text(3.0) == "3");
  CHECK(json_value(number_text(-1.25e-300)) == json::value(-1.25e-300));
}

TEST_CASE("an excerpt of what is long is cut between characters") {
  CHECK(excerpt(json_value("[1,2,3,4,5,6]"), 5) == "[1,2,...");
  CHECK(excerpt(std::string_view("abc"), 3) == "abc");
  CHECK(excerpt(std::string_view("abcd"), 3) == "abc...");
  CHECK(excerpt(std::string_view("a\xc3\xa4z"), 2) == "a...");
  CHECK(excerpt(json::value(std::string(1000, 'x')), 10) == "\"xxxxxxxxx...");
}
