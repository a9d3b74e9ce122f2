#include <map>

#include "postgres_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::store;
using namespace mqcoap::test;
using strings = std::vector<std::string>;

TEST_CASE("What one gateway has stored, the others find") {
  shared_database db;
  const auto one = db.open();
  const auto two = db.open();
  CHECK(one->is_shared());
  CHECK(db.refresh(*two, {mark_of("a", 0)}).empty());
  CHECK_FALSE(db.put(*one, "a", 0, "5"));
  CHECK(db.refresh(*two, {mark_of("a", 0), mark_of("b", 0)}) == strings{"a@1 0=5"});
  CHECK(db.refresh(*two, {mark_of("a", 1)}).empty());
  CHECK_FALSE(db.put(*two, "a", 1, "6"));
  CHECK(db.refresh(*one, {mark_of("a", 1)}) == strings{"a@2 0=6"});

  const auto later = db.open();
  CHECK(db.refresh(*later, {mark_of("a", 0)}) == strings{"a@2 0=6"});
}

TEST_CASE("A commit that is based on something older is stale, and changes nothing") {
  shared_database db;
  const auto one = db.open();
  const auto two = db.open();
  CHECK_FALSE(db.put(*one, "a", 0, "1"));
  CHECK(db.put(*two, "a", 0, "2") == errc::stale);
  CHECK(db.put(*two, "a", 2, "2") == errc::stale);
  CHECK(db.refresh(*two, {mark_of("a", 0)}) == strings{"a@1 0=1"});
}

TEST_CASE("What a decision has only read counts as well, also if it is not stored") {
  shared_database db;
  const auto one = db.open();
  const auto two = db.open();
  const std::vector<cell_mark> both{mark_of("a", 0), mark_of("condition", 0)};
  CHECK_FALSE(db.commit(*one, both, {write_of("a", "1")}));
  CHECK(db.refresh(*two, {mark_of("condition", 0)}).empty());
  CHECK_FALSE(db.put(*two, "condition", 0, "true"));
  CHECK(db.commit(*one, {mark_of("a", 1), mark_of("condition", 0)}, {write_of("a", "2")}) == errc::stale);
  CHECK_FALSE(db.commit(*one, {mark_of("a", 1), mark_of("condition", 1)}, {write_of("a", "2")}));
  CHECK(db.refresh(*two, {mark_of("a", 0), mark_of("condition", 1)}) == strings{"a@2 0=2"});
}

TEST_CASE("Two decisions that each read what the other writes are not both stored") {
  shared_database db;
  const auto one = db.open();
  const auto two = db.open();
  for (std::uint64_t round = 0; round < 20; ++round) {
    const auto a = "a" + std::to_string(round);
    const auto b = "b" + std::to_string(round);
    std::vector<error_code> outcomes;
    const auto note = [&](error_code why) { outcomes.push_back(why); };
    one->commit({{mark_of(a, 0), mark_of(b, 0)}, {write_of(a, "1")}}, note);
    two->commit({{mark_of(a, 0), mark_of(b, 0)}, {write_of(b, "1")}}, note);
    db.wait_for([&] { return outcomes.size() == 2; });
    CHECK(std::count(outcomes.begin(), outcomes.end(), error_code()) == 1);
    CHECK(std::count(outcomes.begin(), outcomes.end(), make_error_code(errc::stale)) == 1);
  }
}

TEST_CASE("Numbers are used once, and what is removed is gone") {
  shared_database db;
  const auto one = db.open();
  CHECK_FALSE(db.commit(*one, {mark_of("c", 0)}, {write_of("c", "\"x\"", 0), write_of("c", "\"y\"", 1)}));
  CHECK_FALSE(db.commit(*one, {mark_of("c", 1)}, {removal_of("c", 1)}));
  std::uint64_t next = 0;
  std::string initial;
  bool is_reported = false;
  one->refresh({mark_of("c", 1)}, [&](error_code, const std::vector<stored_cell>& cells) {
    next = cells.at(0).next;
    initial = cells.at(0).initial;
    is_reported = true;
  });
  db.wait_for([&] { return is_reported; });
  CHECK(next == 2);
  CHECK(initial == "initial");
  CHECK(db.refresh(*one, {mark_of("c", 1)}) == strings{"c@2 0=\"x\""});
  CHECK_FALSE(db.commit(*one, {mark_of("c", 2)}, {removal_of("c", 0)}));
  CHECK(db.refresh(*one, {mark_of("c", 2)}) == strings{"c@3"});
}

TEST_CASE("Of several changes of one value the last one counts") {
  shared_database db;
  const auto one = db.open();
  CHECK_FALSE(
      db.commit(*one, {mark_of("a", 0)}, {write_of("a", "1"), removal_of("a", 0), write_of("a", "3")}));
  CHECK(db.refresh(*one, {mark_of("a", 0)}) == strings{"a@1 0=3"});
}

TEST_CASE("A value that is set aside is kept, with the reason") {
  shared_database db;
  const auto one = db.open();
  CHECK_FALSE(db.put(*one, "a", 0, "[1]"));
  auto next = write_of("a", "2");
  next.set_aside = "not a number";
  CHECK_FALSE(db.commit(*one, {mark_of("a", 1)}, {next}));
  CHECK(db.sql("SELECT path, number, value, why FROM mqcoap_set_aside JOIN mqcoap_cell USING (cell)") ==
        "a|0|[1]|not a number");
  CHECK(db.refresh(*one, {mark_of("a", 0)}) == strings{"a@2 0=2"});
}

TEST_CASE("Every byte of a value stays") {
  shared_database db;
  const auto one = db.open();
  const auto two = db.open();
  const auto large = '"' + std::string(std::size_t{3} << 20, 'x') + '"';
  const std::map<std::string, std::string> values{{"nul", "\"a\\u0000b\""},
                                                  {"digits", "9007199254740993.10000000000000000001"},
                                                  {"spaces", "{ \"b\" : 1, \"a\" : 1 }"},
                                                  {"twice", "{\"a\":1,\"a\":2}"},
                                                  {"quotes", "\"\\\"\\\\'{},NULL\""},
                                                  {"null", "null"},
                                                  {"utf8", "\"\u00e4\u20ac\U0001F600\""},
                                                  {"large", large}};
  for (const auto& each : values) {
    CAPTURE(each.first);
    CHECK_FALSE(db.put(*one, each.first, 0, each.second));
    CHECK(db.refresh(*two, {mark_of(each.first, 0)}) == strings{each.first + "@1 0=" + each.second});
  }
}

TEST_CASE("Numbers of items have all their digits, up to those of the database") {
  shared_database db;
  const auto one = db.open();
  const auto number = std::uint64_t{1} << 62;
  CHECK_FALSE(db.commit(*one, {mark_of("c", 0)}, {write_of("c", "1", number + 1)}));
  CHECK(db.refresh(*one, {mark_of("c", 0)}) == strings{"c@1 " + std::to_string(number + 1) + "=1"});
  CHECK(db.commit(*one, {mark_of("c", 1)}, {write_of("c", "1", std::uint64_t{1} << 63)}) ==
        errc::storage_failed);
  CHECK(db.refresh(*one, {mark_of("c", 1)}).empty());
}

TEST_CASE("Names with signs of every kind are names") {
  shared_database db;
  const auto one = db.open();
  for (const auto* each : {"a'b", "{x,y}", "\\", "NULL", "\u00e4/1"}) {
    CAPTURE(each);
    CHECK_FALSE(db.put(*one, each, 0, "1"));
    CHECK(db.refresh(*one, {mark_of(each, 0)}) == strings{std::string(each) + "@1 0=1"});
  }
}

TEST_CASE("Commits that wait together share a transaction, and one that is stale does not touch the others") {
  shared_database db;
  const auto one = db.open();
  CHECK_FALSE(db.put(*one, "a7", 0, "0"));
  std::map<int, error_code> outcomes;
  for (int i = 0; i < 300; ++i) {
    const auto path = "a" + std::to_string(i);
    one->commit({{mark_of(path, 0)}, {write_of(path, "1")}},
                [&outcomes, i](error_code why) { outcomes[i] = why; });
  }
  db.wait_for([&] { return outcomes.size() == 300; });
  for (const auto& [i, why] : outcomes) CHECK(why == (i == 7 ? make_error_code(errc::stale) : error_code()));
  CHECK(db.sql("SELECT count(*) FROM mqcoap_value") == "300");
  CHECK(one->status().commits.count() < 20);
}

TEST_CASE("Commits of one cell are stored in their order, each in a transaction of its own") {
  shared_database db;
  const auto one = db.open();
  std::vector<error_code> outcomes;
  for (std::uint64_t i = 0; i < 10; ++i)
    one->commit({{mark_of("a", i)}, {write_of("a", std::to_string(i))}},
                [&](error_code why) { outcomes.push_back(why); });
  db.wait_for([&] { return outcomes.size() == 10; });
  CHECK(outcomes == std::vector<error_code>(10));
  CHECK(db.refresh(*one, {mark_of("a", 0)}) == strings{"a@10 0=9"});
}

TEST_CASE("Of two gateways that count together each number is taken once") {
  shared_database db;
  const auto one = db.open();
  const auto two = db.open();
  /// A gateway that repeatedly reads the value and stores the next number.
  struct counter {
    postgres_store& store;
    std::uint64_t revision = 0;
    std::uint64_t value = 0;
    int won = 0;
    int lost = 0;

    void read() {
      store.refresh({mark_of("n", revision)}, [this](error_code why, const std::vector<stored_cell>& cells) {
        REQUIRE_FALSE(why);
        if (!cells.empty()) {
          revision = cells[0].revision;
          value = static_cast<std::uint64_t>(cells[0].items.at(0).value().to_number<int>());
        }
        write();
      });
    }
    void write() {
      store.commit({{mark_of("n", revision)}, {write_of("n", std::to_string(value + 1))}},
                   [this](error_code why) {
                     if (why == errc::stale) {
                       ++lost;
                       return read();
                     }
                     REQUIRE_FALSE(why);
                     ++revision;
                     ++value;
                     if (++won < 200) write();
                   });
    }
  };
  counter first{*one};
  counter second{*two};
  first.read();
  second.read();
  db.wait_for([&] { return first.won == 200 && second.won == 200; });
  CHECK(db.refresh(*one, {mark_of("n", 0)}) == strings{"n@400 0=400"});
  CHECK(first.lost + second.lost > 0);
}

TEST_CASE("A commit without a cell is done, and one of a cell that it is not based on is a mistake") {
  shared_database db;
  const auto one = db.open();
  CHECK_FALSE(db.commit(*one, {}, {}));
  CHECK_THROWS_AS(one->commit({{mark_of("a", 0)}, {write_of("b", "1")}}, [](error_code) {}),
                  std::logic_error);
}

TEST_CASE("The status tells what was stored") {
  shared_database db;
  const auto one = db.open();
  CHECK_FALSE(db.commit(*one, {mark_of("c", 0)}, {write_of("c", "1", 0), write_of("c", "2", 1)}));
  const auto status = one->status();
  CHECK(status.values == 2);
  CHECK(status.commits.count() == 1);
  CHECK(status.waiting == 0);
  CHECK_FALSE(status.failing);
  CHECK(status.where.find(db.name) != std::string::npos);
}
