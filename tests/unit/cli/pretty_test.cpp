#include <doctest/doctest.h>

#include <output/pretty.hpp>

#include "support.hpp"

using namespace mqcoap;
using test::json;

namespace {

std::string pretty(std::string_view text, std::size_t width = 40) {
  return cli::pretty(json(text), width, false);
}

}  // namespace

TEST_CASE("values that fit on a line stay on one line") {
  CHECK(pretty("5") == "5");
  CHECK(pretty("[ ]") == "[]");
  CHECK(pretty("{ }") == "{}");
  CHECK(pretty("[1,2,[3,{\"a\":null}]]") == "[1, 2, [3, {\"a\": null}]]");
  CHECK(pretty("{\"a\":1,\"b\":[true]}") == "{\"a\": 1, \"b\": [true]}");
  CHECK(pretty("[1,2]", 6) == "[1, 2]");
}

TEST_CASE("objects have a line for each member, lists of scalars are filled") {
  CHECK(pretty(R"({"state":"IDLE","list":[1,2,3],"o":{}})", 20) ==
        "{\n  \"state\": \"IDLE\",\n  \"list\": [1, 2, 3],\n  \"o\": {}\n}");
  CHECK(pretty("[1,2,3,4,5,6]", 12) == "[\n  1, 2, 3,\n  4, 5, 6\n]");
  CHECK(pretty("[{\"a\":1},{\"a\":2}]", 12) == "[\n  {\"a\": 1},\n  {\"a\": 2}\n]");
  for (const auto width : {10u, 20u, 30u})
    for (std::string line, text = pretty("[100,200,300,400,500,600,700]", width); !text.empty();) {
      line = text.substr(0, text.find('\n'));
      text.erase(0, line.size() + 1);
      CHECK(line.size() <= width);
    }
}

TEST_CASE("numbers keep their digits, strings their escapes") {
  CHECK(pretty("[12345678901234567890, 1.10, \"a\\u0041\\\"\"]", 80) ==
        "[12345678901234567890, 1.10, \"a\\u0041\\\"\"]");
}

TEST_CASE("colours wrap what they colour") {
  const auto text = cli::pretty(json("{\"a\":[1,\"x\",null,true]}"), 80, true);
  CHECK(text.find("\033[34m\"a\"\033[0m: ") != std::string::npos);
  CHECK(text.find("\033[32m\"x\"\033[0m") != std::string::npos);
}
