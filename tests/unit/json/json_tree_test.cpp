#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/json/json_tree.hpp>
#include <random>
#include <string>

using namespace mqcoap;

namespace {

/// Returns `POINTER KEY` for the first duplicate key; empty if there is none.
std::string twice_in(std::string_view text) {
  REQUIRE_FALSE(validate_json(text, 200));
  const auto found = find_duplicate_key(text);
  return found ? found->pointer + ' ' + found->key : "";
}

}  // namespace

TEST_CASE("a tree without doubles equals the one that Boost builds") {
  std::mt19937 random(11);
  const std::string pieces[] = {"{", "}", "[",  "]",    "\"a\"", "\"b\\u00e4\"",        "\"\"", ":", ",",
                                ",", "1", "-7", "true", "null",  "18446744073709551615"};
  int valid = 0;
  for (int round = 0; round < 300'000; ++round) {
    std::string text = random() % 2 == 0 ? "[" : "{\"k\":";
    const char end = text.front() == '[' ? ']' : '}';
    for (unsigned n = random() % 9; n > 0; --n) text += pieces[random() % std::size(pieces)];
    text += end;
    if (validate_json(text, 32)) continue;
    ++valid;
    const auto expected = boost::json::serialize(boost::json::parse(text));
    if (expected.find('E') == std::string::npos)  // otherwise it contains a double
      REQUIRE(boost::json::serialize(build_json(text)) == expected);
  }
  CHECK(valid > 1000);
}

TEST_CASE("a tree may be as deep as its text") {
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  CHECK(boost::json::serialize(build_json(deep)) == deep);
}

TEST_CASE("a duplicate key in an object is found, with the object") {
  CHECK(twice_in(R"({"a":1,"a":2})") == " a");
  CHECK(twice_in(R"({"a":1,"b":2,"a":1})") == " a");
  CHECK(twice_in(R"({"x":[0,{"y/z":{"k":1,"k":2}}]})") == "/x/1/y~1z k");
  CHECK(twice_in(R"([[],{},{"":1,"":2}])") == "/2 ");
  CHECK(twice_in(R"({"a":{"b":1},"a":{"b":1}})") == " a");
  CHECK(twice_in(R"([1,[2,"x",null,{"k":true,"k":false}]])") == "/1/3 k");
}

TEST_CASE("keys are the same if their characters are, however they are written") {
  CHECK(twice_in(R"({"a":1,"\u0061":2})") == " a");
  CHECK(twice_in("{\"\\u00e4\":1,\"\xc3\xa4\":2}") == " \xc3\xa4");
  CHECK(twice_in(R"({"a":1,"A":2})").empty());
  CHECK(twice_in(R"({"a\u0000b":1,"a\u0000c":2})").empty());
}

TEST_CASE("the same key in different objects, or as a text, is not twice") {
  CHECK(twice_in(R"([{"a":1},{"a":1}])").empty());
  CHECK(twice_in(R"({"a":{"a":{"a":"a"}},"b":"a"})").empty());
  CHECK(twice_in(R"(["a","a"])").empty());
  CHECK(twice_in("{}").empty());
  CHECK(twice_in("5").empty());
}
