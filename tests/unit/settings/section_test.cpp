#include <doctest/doctest.h>

#include <mqcoap/settings/common_types.hpp>
#include <mqcoap/settings/section.hpp>
#include <string>
#include <vector>

using namespace mqcoap;

namespace {

struct drive {
  std::int64_t speed = 0;
  std::string name;
};

const section<drive>& drive_section() {
  static const section<drive> table{
      "drive",
      "drives.NAME",
      "A drive.",
      {key<drive>("speed", integer(0, 9), "4", "How fast it is.", &drive::speed),
       key<drive>("name", text("a name"), presence::optional("none"), "What it is called.", &drive::name)}};
  return table;
}

/// Reads every default as an unquoted scalar.
struct scalars final : default_reader {
  node_arena made;
  std::vector<std::string> requested;

  const node& read(const std::string& text) override {
    requested.push_back(text);
    auto& n = made.emplace_back();
    n.what = node::kind::scalar;
    n.text = text;
    return n;
  }
};

/// A map in a file, built like that of a file reader.
struct section_fixture {
  const source_file file{"a.conf", "speed name", 0600};
  report faults;
  scalars defaults;
  read_context ctx{faults, ".", defaults};
  node_arena arena;
  node& map = make(node::kind::map, "");

  node& make(node::kind what, const std::string& text) {
    auto& n = arena.emplace_back();
    n.what = what;
    n.text = text;
    n.file = &file;
    n.line = n.column = 1;
    return n;
  }
  void add(const std::string& name, const std::string& value) {
    auto& key = make(node::kind::scalar, name);
    auto& held = make(node::kind::scalar, value);
    key.parent = held.parent = &map;
    key.is_key = true;
    held.key = &key;
    key.line = held.line = static_cast<int>(map.items.size()) + 1;
    map.items.push_back(&held);
  }
  std::string message() {
    std::string all;
    for (const auto& d : faults.take({"a.conf"})) all += d.message + '\n';
    return all;
  }
};

}  // namespace

TEST_CASE_FIXTURE(section_fixture,
                  "a key that is left out has the default of the table, read as it would stand there") {
  add("name", "left");
  const auto read = drive_section().read(map, ctx);
  REQUIRE(read.has_value());
  CHECK(read->speed == 4);
  CHECK(read->name == "left");
  CHECK(defaults.requested == std::vector<std::string>{"4"});
}

TEST_CASE_FIXTURE(section_fixture, "what stands there needs no default") {
  add("speed", "7");
  CHECK(drive_section().read(map, ctx)->speed == 7);
  CHECK(defaults.requested.empty());
}

TEST_CASE_FIXTURE(section_fixture, "every fault is reported, and everything else is read") {
  add("speed", "fast");
  add("nam", "left");
  const auto read = drive_section().read(map, ctx);
  REQUIRE(read.has_value());
  CHECK(read->speed == 0);
  CHECK(message() == "expected a whole number from 0 to 9, found 'fast'\nunknown key 'nam'\n");
}

TEST_CASE_FIXTURE(section_fixture, "a row reports whether its value was read") {
  const auto row = key<drive>("speed", integer(0, 9), "4", "How fast it is.", &drive::speed);
  drive into;
  CHECK(row.decode(into, make(node::kind::scalar, "3"), ctx));
  CHECK_FALSE(row.decode(into, make(node::kind::scalar, "12"), ctx));
  CHECK(into.speed == 3);
}

TEST_CASE_FIXTURE(section_fixture, "the reader of a file determines how its lines are shown") {
  source_file shown("b.conf", "token x", 0600);
  CHECK(shown.shown_line(1) == "token x");
  shown.cover_lines_with([](std::string& line) { line.back() = '*'; });
  CHECK(shown.shown_line(1) == "token *");
}
