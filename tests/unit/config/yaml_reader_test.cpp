#include <algorithm>
#include <mqcoap/config/yaml_reader.hpp>
#include <stdexcept>
#include <string>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::config;

namespace {

/// The result of reading a text.
struct parsed_yaml {
  source_file file;
  node_arena arena;
  report faults;
  const node* root;

  explicit parsed_yaml(std::string text, when_empty empty = when_empty::is_fault)
      : file("a.yaml", std::move(text), 0600), root(read_yaml(file, arena, faults, empty)) {}

  /// Returns `line:column: message | hint` for each fault, one per line.
  std::string found() {
    std::string lines;
    for (const auto& d : faults.take({file.path()}))
      lines.append(std::to_string(d.line) + ':' + std::to_string(d.column) + ": " + d.message +
                   (d.hint.empty() ? "" : " | " + d.hint) + '\n');
    return lines;
  }
};

const node& value_of(const parsed_yaml& r, std::string_view key) {
  REQUIRE(r.root != nullptr);
  const auto* const found = r.root->find(key);
  REQUIRE_MESSAGE(found != nullptr, key);
  return *found;
}

}  // namespace

TEST_CASE("every value knows its position, its length and its keys") {
  parsed_yaml r("a: 1\nlist:\n  - x\n  - {deep: \"two words\"}\nnone:\nkeys: {}\n");
  CHECK(r.found().empty());
  const auto& a = value_of(r, "a");
  CHECK(a.is_scalar());
  CHECK_FALSE(a.quoted);
  CHECK(a.text == "1");
  CHECK(a.line == 1);
  CHECK(a.column == 4);
  CHECK(a.length == 1);
  CHECK(a.parent == r.root);
  REQUIRE(a.key != nullptr);
  CHECK(a.key->is_key);
  CHECK(a.key->text == "a");

  const auto& list = value_of(r, "list");
  REQUIRE(list.items.size() == 2);
  CHECK(list.items[1]->index == 1);
  const auto* const deep = list.items[1]->find("deep");
  REQUIRE(deep != nullptr);
  CHECK(deep->quoted);
  CHECK(deep->text == "two words");
  CHECK(deep->length == 11);  // including its quotes
  CHECK(key_path(*deep) == "list[1].deep");

  const auto& none = value_of(r, "none");
  CHECK(none.is_null());
  CHECK(none.text.empty());
  CHECK(none.line == 5);  // the position of its key, not where the parser noticed it
  CHECK(none.column == 1);
  CHECK(none.length == 4);
  CHECK(value_of(r, "keys").is_map());
}

TEST_CASE("null is distinguished from the text \"null\"") {
  parsed_yaml r("a: null\nb: ~\nc: \"null\"\nd: |\n  null\n");
  CHECK(value_of(r, "a").text == "null");
  CHECK(value_of(r, "b").text == "~");
  CHECK(value_of(r, "a").is_null());
  CHECK(value_of(r, "b").is_null());
  CHECK(value_of(r, "c").is_scalar());
  CHECK(value_of(r, "d").is_scalar());
  CHECK(value_of(r, "d").quoted);  // a block is always text
}

TEST_CASE("a missing value is not taken from a text after it that begins like null") {
  for (const std::string next :
       {"nullify: 1", "null: 1", "null : 1", "~x: 1", "Null b: 1", "null, b: 1", "~# b: 1", "NULL} b: 1"}) {
    CAPTURE(next);
    parsed_yaml r("m:\n  a:\n  " + next + "\nc:\n" + next + '\n');
    const auto* const a = value_of(r, "m").find("a");
    REQUIRE(a != nullptr);
    CHECK(a->is_null());
    CHECK(a->text.empty());
    CHECK(a->line == 2);
    CHECK(value_of(r, "c").text.empty());
    CHECK(value_of(r, "c").line == 4);
  }
  for (const std::string written : {"null", "~", "Null # b", "NULL \t", "null\r"}) {
    CAPTURE(written);
    parsed_yaml r("a: " + written + "\nb: [" + written.substr(0, written.find_first_of(" \t\r")) +
                  ",~]\nc: {d: ~}\n");
    CHECK_FALSE(value_of(r, "a").text.empty());
    CHECK_FALSE(value_of(r, "b").items[0]->text.empty());
    CHECK(value_of(r, "b").items[1]->text == "~");
    CHECK(value_of(r, "c").find("d")->text == "~");
  }
  CHECK(parsed_yaml("null: 1\n").found() == "1:1: a key must be text, not null | quote it: \"null\"\n");
  CHECK(parsed_yaml("{~ : 1}\n").found() == "1:2: a key must be text, not ~ | quote it: \"~\"\n");
}

TEST_CASE("a tab is blamed only where it can be the cause") {
  CHECK(parsed_yaml("a:\n\tb: 1\n").found() == "2:1: a tab cannot indent | use spaces\n");
  CHECK(parsed_yaml("a:\n  \t- 1\n").found() == "2:3: a tab cannot indent | use spaces\n");
  CHECK(parsed_yaml("a: [1,\n\t2,\n\t@]\n").found().starts_with("3:2: a character that cannot begin a text"));
  CHECK(parsed_yaml("a: \"b\n\tc\"\nd: [}\n").found().starts_with("3:5: "));
  CHECK(parsed_yaml("a: 'b'\n\t\n\t# c\nd: @\n").found().find("a tab") == std::string::npos);
  CHECK(parsed_yaml("a: \"b\n\tc\"\nd: e}: f: g\n").found().starts_with("3:"));
  CHECK(
      parsed_yaml("a:\n\tb c\n  d: 1\n").found() ==
      "3:4: a ':' is not allowed here | "
      "a text with ': ' in it needs quotes; is the indentation right? (the line above begins with a tab)\n");
}

TEST_CASE("YAML that a configuration does not allow is rejected, each case at its position") {
  CHECK(parsed_yaml("a: 1\nb: 2\na: 3\n").found() == "3:1: the key 'a' is given twice | first: line 1\n");
  CHECK(parsed_yaml("a: &x 1\n").found() ==
        "1:4: anchors are refused | devices that are alike: use `templates` and `like`\n");
  CHECK(parsed_yaml("a: !!str 1\n").found() == "1:4: tags like '!!str' are refused | put text in quotes\n");
  CHECK(parsed_yaml("<<: 1\n").found() ==
        "1:1: merge keys are refused | devices that are alike: use `templates` and `like`\n");
  CHECK(parsed_yaml("\"<<\": 1\n").found().empty());  // in quotes it is an ordinary key
  CHECK(parsed_yaml("[a]: 1\n").found() == "1:1: a key must be text, not a list\n");
  CHECK(parsed_yaml("~: 1\n").found() == "1:1: a key must be text, not ~ | quote it: \"~\"\n");
  CHECK(parsed_yaml("a: 1\n---\nb: 2\n").found() ==
        "2:1: a second document begins here: a configuration has only one | is the indentation right?\n");
}

TEST_CASE("the value of a rejected key is not in the tree, but what follows it is") {
  parsed_yaml r("a: 1\na: {b: 2}\nc: 3\n");
  CHECK(value_of(r, "a").text == "1");
  CHECK(value_of(r, "c").text == "3");
  CHECK(r.root->items.size() == 2);
}

TEST_CASE("a text without a value is a fault, or nothing, as its reader wants it") {
  for (const char* text : {"", "# only a comment\n", "---\n", "\n\n", "~\n"}) {
    CAPTURE(text);
    parsed_yaml strict(text);
    CHECK(strict.root == nullptr);
    CHECK(strict.found() == "0:0: the file is empty | begin with: version: 1\n");
    parsed_yaml lenient(text, when_empty::is_nothing);
    CHECK(lenient.root == nullptr);
    CHECK(lenient.found().empty());
  }
}

TEST_CASE("text that is not YAML has one fault and results in no tree") {
  for (const char* text : {"a: [1\n", "a: {b: 1\n", "a: \"open\n", "a:\n\t- 1\n", "a: b: c\n"}) {
    CAPTURE(std::string(text));
    parsed_yaml r(text);
    CHECK(r.root == nullptr);
    const auto found = r.found();
    CHECK_MESSAGE(std::count(found.begin(), found.end(), '\n') == 1, found);
  }
}

TEST_CASE("invalid bytes are rejected with their position") {
  parsed_yaml bytes("a: 1\nb: \xff\n");
  CHECK(bytes.root == nullptr);
  CHECK(bytes.found().starts_with("2:4: "));
  parsed_yaml escaped("a: \"\\xff\"\n");  // U+00FF, as YAML defines it
  CHECK(escaped.found().empty());
  CHECK(value_of(escaped, "a").text == "\xc3\xbf");
}

TEST_CASE("what may be a secret is hidden in the tree and in the file, wherever reading stops") {
  parsed_yaml whole("brokers:\n  lab: {password: hunter2, url: x}\n");
  const auto* const lab = value_of(whole, "brokers").find("lab");
  REQUIRE(lab != nullptr);
  CHECK(lab->find("password")->hidden);
  CHECK_FALSE(lab->find("url")->hidden);
  CHECK(whole.file.shown_line(2).find("hunter2") == std::string::npos);
  parsed_yaml broken("brokers:\n  lab: {password: hunter2, url: [x\n");
  CHECK(broken.root == nullptr);
  CHECK(broken.file.shown_line(2).find("hunter2") == std::string::npos);
}

TEST_CASE("the defaults of field tables belong to no file, and one that is no YAML is a fault of ours") {
  node_arena arena;
  const auto* const methods = read_default("[GET, PUT]", arena);
  REQUIRE(methods->items.size() == 2);
  CHECK(methods->file == nullptr);
  CHECK(methods->items[1]->file == nullptr);
  CHECK_THROWS_AS(read_default("[GET", arena), std::logic_error);
  CHECK_THROWS_AS(read_default("", arena), std::logic_error);
  yaml_defaults defaults;
  CHECK(&defaults.read("4s") == &defaults.read("4s"));  // read only once
}
