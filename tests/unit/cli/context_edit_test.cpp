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

TEST_CASE("a default is put where the file is still one document, with one default") {
  const std::string rest = "contexts:\n  lab: {}\n  b: {}\n";
  const std::pair<std::string, std::string> cases[] = {
      {"---\n" + rest, "---\ndefault: b\n" + rest},
      {"# mine\n--- # begin\n" + rest, "# mine\n--- # begin\ndefault: b\n" + rest},
      {"---\r\n" + rest, "---\r\ndefault: b\n" + rest},
      {"\xef\xbb\xbf" + rest,
       "\xef\xbb\xbf"
       "default: b\n" +
           rest},
      {"\xef\xbb\xbf---\n" + rest, "\xef\xbb\xbf---\ndefault: b\n" + rest},
      {"\xef\xbb\xbf"
       "default: lab\n" +
           rest,
       "\xef\xbb\xbf"
       "default: b\n" +
           rest},
      {"\"default\": lab\n" + rest, "default: b\n" + rest},
      {"'default' : lab  # old\n" + rest, "default: b\n" + rest},
      {"---\n" + rest + "default:\n  lab\n", "---\n" + rest + "default: b\n"},
      {"\"contexts\":\n  lab: {}\n  b: {}\n", "default: b\n\"contexts\":\n  lab: {}\n  b: {}\n"}};
  for (const auto& row : cases) {
    CAPTURE(row.first);
    const auto changed = with_preferred(row.first, "b");
    CHECK(changed == row.second);
    CHECK(parse_contexts("cli.yaml", changed).preferred == "b");
    const auto removed = parse_contexts("cli.yaml", with_preferred(changed, ""));
    CHECK_FALSE(removed.preferred.has_value());
    CHECK(removed.contexts.size() == 2);
  }
}

TEST_CASE("a file that holds an empty map, or null, takes a context") {
  for (const std::string nothing : {"{}\n", "null", "~  # none\n", "# mine\n---\n{}\n\n", "contexts: null\n",
                                    "contexts: ~ # none\n", "contexts: {}\n", ""}) {
    CAPTURE(nothing);
    const auto text = with_context(nothing, "lab", {{"url", "mqtt://h"}});
    REQUIRE(text.has_value());
    const auto file = parse_contexts("cli.yaml", with_preferred(*text, "lab"));
    CHECK(file.preferred == "lab");
    REQUIRE(file.find("lab") != nullptr);
    CHECK(file.find("lab")->faults.empty());
    CHECK(text->starts_with("# mine") == nothing.starts_with("# mine"));
  }
}

TEST_CASE("names and values that YAML would read as something else are quoted") {
  for (const char* word : {"123", "-1", "1.0", "1e3", ".5", "0x1F", "0o17", "true", "False", "null", "NULL",
                           ".inf", ".nan", "...", "007"}) {
    CAPTURE(word);
    auto text = with_context("", word, {{"username", word}, {"namespace", word}, {"password_file", word}});
    REQUIRE(text.has_value());
    const auto file = parse_contexts("cli.yaml", with_preferred(*text, word));
    CHECK(file.preferred == word);
    CHECK(file.preferred_fault.empty());
    REQUIRE(file.find(word) != nullptr);
    CHECK(file.find(word)->faults.empty());
    CHECK(file.find(word)->username == word);
    CHECK(file.find(word)->password_file == word);
    CHECK(file.find(word)->ns->text() == word);
    const auto none = without_context(with_preferred(*text, word), word);
    REQUIRE(none.has_value());
    CHECK_FALSE(parse_contexts("cli.yaml", *none).preferred.has_value());
    CHECK(parse_contexts("cli.yaml", *none).contexts.empty());
  }
  for (const char* word : {"yes", "it's", "a: b", "a #b", "~", "\"x\" \\", "\xc3\xbc", " a "}) {
    CAPTURE(word);
    const auto file = parse_contexts("cli.yaml", *with_context("", "lab", {{"username", word}}));
    CHECK(file.find("lab")->faults.empty());
    CHECK(file.find("lab")->username == word);
  }
  for (const char* word : {"a\nb", "tab\t\"x\" \\", "\x1b[1m", "\x7f"}) {
    CAPTURE(word);  // the reader refuses it, and does not read something else
    const auto file = parse_contexts("cli.yaml", *with_context("", "lab", {{"username", word}}));
    CHECK(file.find("lab")->faults.find("line breaks or control characters") != std::string::npos);
  }
  CHECK(with_context("", "lab", {{"username", "true"}, {"qos", "1", false}, {"insecure", "true", false}}) ==
        "contexts:\n  lab:\n    username: 'true'\n    qos: 1\n    insecure: true\n");
}

TEST_CASE("contexts are found behind a byte order mark and below a key in quotes") {
  for (const std::string begin : {"\xef\xbb\xbf"
                                  "contexts:\n",
                                  "\"contexts\":\n", "---\n'contexts':  # mine\n"}) {
    CAPTURE(begin);
    const auto two = with_context(begin + "  lab: {}\n", "b", {});
    CHECK(two == begin + "  lab: {}\n  b: {}\n");
    CHECK(without_context(begin + "  lab: {}\n  b: {}\n", "lab") == begin + "  b: {}\n");
  }
  CHECK(without_context("\"default\": 'lab'\ncontexts:\n  lab: {}\n", "lab") == "contexts:\n");
}

TEST_CASE("a context is appended after the others, with their indentation") {
  CHECK(with_context("", "lab", {{"url", "mqtt://h"}}) == "contexts:\n  lab:\n    url: mqtt://h\n");
  CHECK(with_context("contexts: {}  # none\n", "lab", {}) == "contexts:\n  lab: {}\n");
  const auto text =
      with_context(mine, "new", {{"url", "mqtt://h"}, {"password_file", "/a b/it's"}, {"qos", "1", false}});
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
