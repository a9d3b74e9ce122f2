#include <doctest/doctest.h>

#include <output/table.hpp>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;

namespace {

std::string csv(std::string_view text) { return to_csv(test::json(text)); }

}  // namespace

TEST_CASE("every shape of JSON is a table") {
  CHECK(csv("5") == "5\n");
  CHECK(csv("\"a,b\"") == "\"a,b\"\n");
  CHECK(csv("[1,2]") == "1\n2\n");
  CHECK(csv("[[1,2],[3,\"x\"]]") == "1,2\n3,x\n");
  CHECK(csv("{\"a\":1,\"b\":null}") == "a,b\n1,\n");
  CHECK(csv(R"([{"a":1},{"b":"x","a":2}])") == "a,b\n1,\n2,x\n");
  CHECK(csv(R"([{"a":{"deep":[1,2]}}])") == "a\n\"{\"\"deep\"\":[1,2]}\"\n");
  CHECK(csv("[1,[2]]") == "1\n[2]\n");
  CHECK(csv("[]") == "");
}

TEST_CASE("cells are quoted where RFC 4180 asks for it") {
  CHECK(csv_cell("plain") == "plain");
  CHECK(csv_cell("a,b") == "\"a,b\"");
  CHECK(csv_cell("say \"a\"") == "\"say \"\"a\"\"\"");
  CHECK(csv_cell("two\nlines") == "\"two\nlines\"");
}

TEST_CASE("columns are aligned, by characters and not by bytes") {
  CHECK(aligned({{"TAG", "STATE"}, {"é", "x"}, {"long", ""}}) == "TAG   STATE\né     x\nlong\n");
  CHECK(aligned({}).empty());
}
