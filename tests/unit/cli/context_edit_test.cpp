#include <doctest/doctest.h>

#include <options/context_edit.hpp>
#include <options/contexts.hpp>

using namespace mqcoap::cli;

namespace {

constexpr char mine[] =
    "# mine\n"
    "default: lab\n"
    "contexts:\n"
    "    lab:   # the first\n"
    "        url: mqtt://lab@h\n"
    "\n"
    "    # slow\n"
    "    far: {url: 'mqtts://h:8884'}\n"
    "# the end\n";

}  // namespace

TEST_CASE("changing the default leaves the rest of the file unchanged") {
  CHECK(with_preferred("# mine\ndefault: a  # old\ncontexts: {}\n", "b") ==
        "# mine\ndefault: b\ncontexts: {}\n");
  CHECK(with_preferred("contexts: {}\n", "b") == "default: b\ncontexts: {}\n");
  CHECK(with_preferred("contexts: {}\ndefault: a", "b") == "contexts: {}\ndefault: b\n");
  CHECK(with_preferred("", "b") == "default: b\n");
  CHECK(with_preferred("contexts: {}", "b") == "default: b\ncontexts: {}");
  CHECK(with_preferred("default: a\ncontexts: {}\n", "") == "contexts: {}\n");
}

TEST_CASE("a context is appended after the others, with their indentation") {
  CHECK(with_context("", "lab", {{"url", "mqtt://h"}}) == "contexts:\n  lab:\n    url: mqtt://h\n");
  CHECK(with_context("contexts: {}  # none\n", "lab", {}) == "contexts:\n  lab: {}\n");
  const auto text =
      with_context(mine, "new", {{"url", "mqtt://h"}, {"password_file", "/a b/it's"}, {"qos", "1"}});
  REQUIRE(text.has_value());
  CHECK(*text ==
        "# mine\ndefault: lab\ncontexts:\n    lab:   # the first\n        url: mqtt://lab@h\n\n    # slow\n"
        "    far: {url: 'mqtts://h:8884'}\n    new:\n        url: mqtt://h\n        password_file: '/a "
        "b/it''s'\n"
        "        qos: 1\n# the end\n");
  const auto file = parse_contexts("cli.yaml", *text);
  CHECK(file.contexts.size() == 3);
  CHECK(file.find("new")->password_file == "/a b/it's");
  CHECK(file.find("new")->faults.empty());
  CHECK_FALSE(with_context("contexts: {lab: {}}\n", "new", {}).has_value());
}

TEST_CASE("a context is removed with its lines, and the default that names it") {
  CHECK(without_context(mine, "lab") ==
        "# mine\ncontexts:\n    # slow\n    far: {url: 'mqtts://h:8884'}\n# the end\n");
  CHECK(without_context(mine, "far") ==
        "# mine\ndefault: lab\ncontexts:\n    lab:   # the first\n        url: mqtt://lab@h\n\n    # slow\n# "
        "the end\n");
  CHECK_FALSE(without_context(mine, "la").has_value());
  CHECK_FALSE(without_context("contexts: {lab: {}}\n", "lab").has_value());
  const auto none = without_context("contexts:\n  'lab': {}\n", "lab");
  REQUIRE(none.has_value());
  CHECK(parse_contexts("cli.yaml", *none).contexts.empty());
}
