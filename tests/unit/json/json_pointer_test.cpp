#include <doctest/doctest.h>

#include <mqcoap/json/json_pointer.hpp>
#include <string>

using namespace mqcoap;

namespace {

/// Returns the part that is found, or `-`.
std::string at(std::string_view json, std::string_view pointer) {
  const auto found = find_json(json, pointer);
  if (found) return std::string(*found);
  return found.error().twice ? "twice: " + *found.error().twice : "-";
}

}  // namespace

TEST_CASE("a pointer leads to a part of the text, unchanged") {
  constexpr std::string_view json =
      R"({"a": {"b": [1, "x,]", {"c": 2.50}, [ ]]}, "": 7, "m~n": 8, "o/p": 9, "a\u0062": 10})";
  CHECK(at(json, "") == json);
  CHECK(at(json, "/a/b/0") == "1");
  CHECK(at(json, "/a/b/1") == "\"x,]\"");
  CHECK(at(json, "/a/b/2/c") == "2.50");
  CHECK(at(json, "/a/b/3") == "[ ]");
  CHECK(at(json, "/") == "7");
  CHECK(at(json, "/m~0n") == "8");
  CHECK(at(json, "/o~1p") == "9");
  CHECK(at(json, "/ab") == "10");
  for (const char* none : {"/b", "/a/b/4", "/a/b/-", "/a/b/00", "/a/b/01", "/a/b/x", "/a/b/0/0", "/a/b/3/0",
                           "/a/b/", "/a/b/99999999999999999999999"}) {
    const std::string pointer = none;
    CAPTURE(pointer);
    CHECK(at(json, pointer) == "-");
  }
}

TEST_CASE("a duplicate key on the way leads nowhere, and others do no harm") {
  constexpr std::string_view json =
      R"({"d": 1, "a": {"x": 1, "b": 2, "\u0062": {"c": 3}}, "d": [], "d": 2, "": 1, "": 2, "list": [{"k": 1, "k": 1}]})";
  CHECK(at(json, "/d") == "twice: d");
  CHECK(at(json, "/d/0") == "twice: d");
  CHECK(at(json, "/a/b") == "twice: b");
  CHECK(at(json, "/a/b/c") == "twice: b");
  CHECK(at(json, "/") == "twice: ");
  CHECK(at(json, "/list/0/k") == "twice: k");
  CHECK(at(json, "/a/x") == "1");
  CHECK(at(json, "/list/0") == R"({"k": 1, "k": 1})");
}

TEST_CASE("valid pointers") {
  for (const char* good : {"", "/", "/a", "/a/b", "/~0~1", "//"}) CHECK(is_json_pointer(good));
  for (const char* bad : {"a", "a/b", "#/a", "/~", "/~2", "/a~"}) CHECK_FALSE(is_json_pointer(bad));
}
