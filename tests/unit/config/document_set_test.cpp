#include <algorithm>
#include <mqcoap/config/document_set.hpp>
#include <string>
#include <vector>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::config;

namespace {

using strings = std::vector<std::string>;

/// A folder with a main file, and the result of reading it.
struct document_set_fixture {
  test::temporary_folder folder;
  report faults;

  document_set read(const std::string& text) { return {folder.write("main.yaml", text), faults}; }
  /// Returns `file:line: message | hint` for each fault, one per line, without the folder.
  std::string found(const document_set& from) {
    std::string lines;
    for (const auto& d : faults.take(from.files())) {
      std::string line =
          d.file + ':' + std::to_string(d.line) + ": " + d.message + (d.hint.empty() ? "" : " | " + d.hint);
      const auto prefix = folder.path("");
      for (auto at = line.find(prefix); at != std::string::npos; at = line.find(prefix))
        line.erase(at, prefix.size());
      lines.append(line) += '\n';
    }
    return lines;
  }
  strings names(const document_set& from) const {
    strings all;
    for (const auto& path : from.files()) all.push_back(path.substr(folder.path("").size()));
    return all;
  }
};

strings keys(const node* map) {
  strings all;
  REQUIRE(map != nullptr);
  for (const node* value : map->items) all.push_back(value->key->text);
  return all;
}

}  // namespace

TEST_CASE_FIXTURE(document_set_fixture,
                  "devices, brokers and templates of all files are merged into one tree") {
  folder.write("one.yaml", "devices: {B: {}}\ntemplates: {t: {}}\n");
  folder.write("two.yaml", "devices: {C: {}}\nlimits: {depth: 9}\n");
  const auto tested = read("version: 1\ninclude: [one.yaml, two.yaml]\ndevices: {A: {}}\n");
  CHECK(found(tested).empty());
  CHECK(keys(tested.root()) == strings{"version", "include", "devices", "templates", "limits"});
  CHECK(keys(tested.root()->find("devices")) == strings{"A", "B", "C"});
  CHECK(names(tested) == strings{"main.yaml", "one.yaml", "two.yaml"});
  // Each value still knows which file it is from.
  CHECK(tested.root()->find("limits")->file->path() == folder.path("two.yaml"));
}

TEST_CASE_FIXTURE(document_set_fixture, "the routes of an included file follow those of the main file") {
  folder.write("one.yaml", "proxy: {routes: [{name: b}, {name: c}]}\n");
  const auto tested = read("version: 1\ninclude: one.yaml\nproxy: {routes: [{name: a}], forward: A}\n");
  CHECK(found(tested).empty());
  const auto* const routes = tested.root()->find("proxy")->find("routes");
  REQUIRE(routes != nullptr);
  REQUIRE(routes->items.size() == 3);
  CHECK(routes->items[0]->find("name")->text == "a");
  CHECK(routes->items[2]->find("name")->text == "c");
}

TEST_CASE_FIXTURE(document_set_fixture, "routes without a value are an empty list, in each file") {
  folder.write("empty.yaml", "proxy: {routes: }\n");
  folder.write("one.yaml", "proxy: {routes: [{name: b}]}\n");
  folder.write("two.yaml", "proxy: {routes: [{name: c}]}\n");
  std::string own;
  std::size_t expected = 2;
  SUBCASE("none of its own") {}
  SUBCASE("routes of its own") {
    own = " [{name: a}]";
    expected = 3;
  }
  const auto tested =
      read("version: 1\ninclude: [empty.yaml, one.yaml, two.yaml]\nproxy:\n  routes:" + own + "\n");
  CHECK(found(tested).empty());
  const auto* const routes = tested.root()->find("proxy")->find("routes");
  REQUIRE(routes != nullptr);
  REQUIRE(routes->items.size() == expected);
  CHECK(routes->items.back()->find("name")->text == "c");
}

TEST_CASE_FIXTURE(document_set_fixture, "an entry in two files is an error that names both places") {
  folder.write("one.yaml", "devices: {A: {}}\nlimits: {depth: 9}\nproxy: {forward: B}\n");
  const auto tested =
      read("version: 1\ninclude: one.yaml\ndevices:\n  A: {}\nlimits: {depth: 8}\nproxy: {forward: A}\n");
  CHECK(found(tested) ==
        "one.yaml:1: 'A' is defined twice | first: main.yaml:4\n"
        "one.yaml:2: 'limits' is defined twice | first: main.yaml:5\n"
        "one.yaml:3: 'forward' is defined twice | first: main.yaml:6\n");
}

TEST_CASE_FIXTURE(document_set_fixture,
                  "an included file adds to a section that is empty, or is of no type") {
  folder.write("one.yaml", "devices: {B: {}}\nbrokers:\n");
  SUBCASE("the main file's is empty") {
    const auto tested = read("version: 1\ninclude: one.yaml\ndevices:\nbrokers: {lab: {}}\n");
    CHECK(found(tested).empty());
    CHECK(keys(tested.root()->find("devices")) == strings{"B"});
    CHECK(keys(tested.root()->find("brokers")) == strings{"lab"});
  }
  SUBCASE("the main file's is a list: there is nothing to add to") {
    const auto tested = read("version: 1\ninclude: one.yaml\ndevices: [A]\n");
    CHECK(found(tested).starts_with("one.yaml:1: expected a map"));
  }
}

TEST_CASE_FIXTURE(document_set_fixture, "a file that two patterns name is read once, in the order of names") {
  std::filesystem::create_directory(folder.path("conf.d"));
  folder.write("conf.d/b.yaml", "devices: {B: {}}\n");
  folder.write("conf.d/a.yaml", "devices: {A: {}}\n");
  const auto tested = read("version: 1\ninclude: [\"conf.d/*.yaml\", conf.d/../conf.d/b.yaml]\n");
  CHECK(found(tested).empty());
  CHECK(names(tested) == strings{"main.yaml", "conf.d/a.yaml", "conf.d/b.yaml"});
  CHECK(keys(tested.root()->find("devices")) == strings{"A", "B"});
}

TEST_CASE_FIXTURE(document_set_fixture, "an include that cannot be looked up is not called missing") {
  std::filesystem::create_symlink("loop.yaml", folder.path("loop.yaml"));
  std::filesystem::create_directory(folder.path("folder"));
  folder.write("one.yaml", "devices: {}\n");
  const auto tested = read("version: 1\ninclude: [loop.yaml, one.yaml/two.yaml, folder]\n");
  CHECK(found(tested) ==
        "main.yaml:2: loop.yaml cannot be read: Too many levels of symbolic links\n"
        "main.yaml:2: there is no file one.yaml/two.yaml\n"
        "main.yaml:2: folder is a directory\n");
}

TEST_CASE_FIXTURE(document_set_fixture, "keys of many files are merged in order, and a second one is found") {
  std::string includes = "version: 1\ndevices: {D0: {}}\ninclude: [";
  strings expected{"D0"};
  for (int i = 1; i < 50; ++i) {
    const auto name = "D" + std::to_string(i);
    folder.write(name + ".yaml", "devices: {" + name + ": {}}\n");
    includes += name + ".yaml, ";
    expected.push_back(name);
  }
  folder.write("again.yaml", "devices: {D0: {}, D48: {}, N: {}}\n");
  const auto tested = read(includes + "again.yaml]\n");
  CHECK(found(tested) ==
        "again.yaml:1: 'D0' is defined twice | first: main.yaml:2\n"
        "again.yaml:1: 'D48' is defined twice | first: D48.yaml:1\n");
  expected.push_back("N");
  CHECK(keys(tested.root()->find("devices")) == expected);
}

TEST_CASE_FIXTURE(document_set_fixture, "an include without a target, in a cycle, or nested is rejected") {
  folder.write("one.yaml", "include: two.yaml\n");
  folder.write("list.yaml", "- 1\n");
  folder.write("old.yaml", "version: 2\n");
  const auto tested = read(
      "version: 1\n"
      "include: [main.yaml, none.yaml, one.yaml, list.yaml, old.yaml, \"none.d/*.yaml\"]\n");
  const std::string expected =
      "main.yaml:2: this includes the file itself\n"
      "main.yaml:2: there is no file none.yaml\n"
      "main.yaml:2: no file matches none.d/*.yaml | a file with comments only is enough\n"
      "one.yaml:1: an included file cannot include others | name the file in main.yaml\n"
      "list.yaml:1: expected a map with the keys of a configuration, found a list\n"
      "old.yaml:1: expected 1, found the number 2 | version: 1\n";
  CHECK(found(tested) == expected);
}

TEST_CASE_FIXTURE(document_set_fixture, "an error in an included file does not affect the others") {
  folder.write("one.yaml", "devices: {B: {}\n");
  folder.write("two.yaml", "devices: {C: {}}\n");
  const auto tested = read("version: 1\ninclude: [one.yaml, two.yaml]\n");
  const auto found_faults = found(tested);
  CHECK_MESSAGE(std::count(found_faults.begin(), found_faults.end(), '\n') == 1, found_faults);
  CHECK(keys(tested.root()->find("devices")) == strings{"C"});
}

TEST_CASE_FIXTURE(document_set_fixture, "a file that everybody may write to is refused, included or not") {
  folder.write("one.yaml", "devices: {B: {}}\n", 0666);
  const auto tested = read("version: 1\ninclude: one.yaml\n");
  CHECK(found(tested) == "one.yaml:0: everybody may write to this file (mode 0666) | chmod o-w one.yaml\n");
}

TEST_CASE_FIXTURE(document_set_fixture, "a main file that is not a map, or cannot be read, has no keys") {
  const auto list = read("- 1\n");
  REQUIRE(list.root() != nullptr);
  CHECK(list.root()->is_list());  // the field table reports that it is not a map
  const document_set nothing(folder.path("none.yaml"), faults);
  CHECK(nothing.root() == nullptr);
  CHECK(nothing.files().size() == 1);
}
