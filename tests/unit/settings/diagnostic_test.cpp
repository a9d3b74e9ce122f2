#include <doctest/doctest.h>

#include <mqcoap/settings/diagnostic.hpp>
#include <mqcoap/settings/suggest.hpp>
#include <string>

using namespace mqcoap;

namespace {

diagnostic example() {
  return {diagnostic::severity::error,
          "/etc/mqcoap/mqcoap.yaml",
          26,
          9,
          "devices.GW_XX_0_0001.resources.gains",
          "unknown key 'persits'",
          "        persits: true",
          7,
          "did you mean 'persist'?"};
}

}  // namespace

TEST_CASE("a fault is shown as compilers do, with the line, a mark and what would be right") {
  CHECK(to_string(example()) ==
        "/etc/mqcoap/mqcoap.yaml:26:9: error: devices.GW_XX_0_0001.resources.gains: unknown key 'persits'\n"
        " 26 |         persits: true\n"
        "    |         ^~~~~~~ did you mean 'persist'?\n");
}

TEST_CASE("a warning says so, and what is not known is left out") {
  auto d = example();
  d.level = diagnostic::severity::warning;
  d.key_path.clear();
  d.hint.clear();
  d.length = 1;
  d.line = 1234;
  CHECK(to_string(d) ==
        "/etc/mqcoap/mqcoap.yaml:1234:9: warning: unknown key 'persits'\n"
        " 1234 |         persits: true\n"
        "      |         ^\n");
}

TEST_CASE("a fault of a file as a whole has no line") {
  CHECK(to_string(diagnostic{diagnostic::severity::error, "a.yaml", 0, 0, "", "cannot be read", "", 1, ""}) ==
        "a.yaml: error: cannot be read\n");
}

TEST_CASE("the mark stands below what it marks, whatever tabs and UTF-8 stand before it") {
  auto d = example();
  d.source =
      "\tgr\xc3\xb6\xc3\x9f"
      "e: \xc3\xa4\xc3\xa4";
  d.column = 11;
  d.length = 4;
  d.hint.clear();
  const auto text = to_string(d);
  CHECK(text.substr(text.find("    | ")) == "    | \t       ^~\n");
}

TEST_CASE("a mark beyond the end of its line stands behind it") {
  auto d = example();
  d.source = "ab";
  d.column = 9;
  d.hint.clear();
  const auto text = to_string(d);
  CHECK(text.substr(text.find("    | ")) == "    |   ^\n");
}

TEST_CASE("of a very long line the part with the mark is shown") {
  auto d = example();
  d.source = std::string(5000, 'x') + "persits" + std::string(5000, 'y');
  d.column = 5001;
  const auto text = to_string(d);
  CHECK(text.size() < 700);
  const auto line = text.substr(text.find("... ") == std::string::npos ? text.find(" 26 | ") : 0);
  const auto excerpt_end = line.find('\n', line.find(" 26 | "));
  const auto excerpt = line.substr(line.find(" 26 | "), excerpt_end - line.find(" 26 | "));
  const auto mark_line = line.substr(excerpt_end + 1);
  CHECK(excerpt.substr(mark_line.find('^'), 7) == "persits");
  CHECK(excerpt.ends_with("..."));
}

TEST_CASE("a word is suggested if it is near, or else all that there are, if they are few") {
  const std::vector<std::string> known{"value", "persist", "methods", "warning"};
  CHECK(suggest("persits", known) == "did you mean 'persist'?");
  CHECK(suggest("Value", known) == "did you mean 'value'?");
  CHECK(suggest("method", known) == "did you mean 'methods'?");
  CHECK(suggest("warn", known) == "did you mean 'warning'?");
  CHECK(suggest("file", known) == "one of value, persist, methods, warning");
  CHECK(suggest("x", {"y"}) == "only y");
  CHECK(suggest("x", {}).empty());
  CHECK(suggest("zzzzzz", std::vector<std::string>(65, "abcdefgh")).empty());
  CHECK(suggest(std::string(100'000, 'a'), {"value"}) == "only value");
}
