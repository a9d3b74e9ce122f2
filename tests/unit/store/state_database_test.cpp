#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "store_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::store;
using namespace mqcoap::test;

namespace {

using access = sqlite_database::access;

storage_fault::kind fault_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const storage_fault& e) {
    return e.what_happened();
  }
  FAIL("nothing was thrown");
  return {};
}

}  // namespace

TEST_CASE_FIXTURE(store_fixture, "the database of another program is left alone") {
  { sqlite_database(database(), access::write).execute("CREATE TABLE bread(flour TEXT)"); }
  CHECK(fault_of([&] { sqlite_store(directory(), environment()); }) == storage_fault::kind::foreign);
  CHECK(sqlite_database(database(), access::read).text("SELECT name FROM sqlite_schema") == "bread");
}

TEST_CASE_FIXTURE(store_fixture, "tables of a newer version are left alone") {
  { sqlite_store(directory(), environment()); }
  { sqlite_database(database(), access::write).execute("PRAGMA user_version=99"); }
  CHECK_THROWS_WITH_AS(
      state_database(database(), access::write),
      (database() + " has tables of version 99, and this program knows version " +
       std::to_string(state_database::version) + ": install the newer mqcoap that has written it")
          .c_str(),
      storage_fault);
}

TEST_CASE_FIXTURE(store_fixture, "an empty file is a new database") {
  { sqlite_database(database(), access::write).execute("PRAGMA page_size"); }
  CHECK(found().empty());
}

TEST_CASE_FIXTURE(store_fixture,
                  "a transaction that fails leaves nothing behind, not even the name of a resource") {
  state_database held(database(), access::write);
  CHECK(held.load().empty());
  {
    sqlite_database other(database(), access::write);
    other.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON item WHEN NEW.value = '13' BEGIN SELECT RAISE(ABORT, "
        "'unlucky'); END");
  }
  const state_commit bad{{}, {put("a", "1"), put("b", "13")}};
  CHECK(fault_of([&] { held.transact([&] { held.store(bad, {}); }); }) == storage_fault::kind::failed);
  const state_commit good{{}, {put("a", "2"), put("b", "3")}};
  held.transact([&] { held.store(good, {}); });
  CHECK(describe(state_database(database(), access::read).load()) ==
        std::vector<std::string>{"a#0=2", "b#0=3"});
}

TEST_CASE_FIXTURE(store_fixture, "the other initial value of a resource is stored with its value") {
  state_database held(database(), access::write);
  held.load();
  auto first = put("a", "1");
  auto second = put("a", "2");
  second.initial = "another";
  const state_commit one{{}, {first, second}};
  held.transact([&] { held.store(one, {}); });
  const auto all = state_database(database(), access::read).load();
  REQUIRE(all.size() == 1);
  CHECK(all[0].initial == "another");
}

TEST_CASE_FIXTURE(store_fixture, "tables of version 1 become those of this version, with what they hold") {
  {
    sqlite_database first(database(), access::write);
    first.execute(R"(
      CREATE TABLE cell(id INTEGER PRIMARY KEY, device TEXT NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL,
                        next INTEGER NOT NULL, initial TEXT NOT NULL, UNIQUE(device, path, kind));
      CREATE TABLE item(cell INTEGER NOT NULL REFERENCES cell(id), number INTEGER NOT NULL, value TEXT NOT NULL,
                        PRIMARY KEY(cell, number)) WITHOUT ROWID;
      CREATE TABLE set_aside(id INTEGER PRIMARY KEY, device TEXT NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL,
                             number INTEGER NOT NULL, value TEXT NOT NULL, why TEXT NOT NULL, at INTEGER NOT NULL);
      INSERT INTO cell VALUES(1, 'D_1', 'a', 'value', 1, 'initial');
      INSERT INTO item VALUES(1, 0, '7');
      PRAGMA user_version=1;
      PRAGMA application_id=1836147567)");
  }
  CHECK_THROWS_WITH_AS(
      state_database(database(), access::read),
      (database() + " has tables of version 1: start mqcoapd, which upgrades them to version 2").c_str(),
      storage_fault);
  sqlite_store store(directory(), environment());
  CHECK(describe(store.load()) == std::vector<std::string>{"a#0=7"});
  std::optional<once_record> found;
  store.begin({"key", "print"}, [&](error_code, once_record r) { found = std::move(r); });
  run_until([&] { return found.has_value(); });
  CHECK(found->what == once_record::state::fresh);
}
