#include <doctest/doctest.h>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "store_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::store;
using namespace mqcoap::test;

namespace {

using strings = std::vector<std::string>;

/// Another connection, which prevents all others from writing.
class other_writer {
 public:
  explicit other_writer(const std::string& file) : database_(file, sqlite_database::access::write) {
    database_.execute("BEGIN IMMEDIATE");
  }
  void end() { database_.execute("ROLLBACK"); }

 private:
  sqlite_database database_;
};

}  // namespace

TEST_CASE_FIXTURE(store_fixture, "stored values are loaded again") {
  {
    sqlite_store store(directory(), environment());
    CHECK(store.load().empty());
    CHECK_FALSE(commit(store, {put("a", "1"), put("b", R"({"x":[1.50,"ä\u0000"]})")}));
    CHECK_FALSE(
        commit(store, {put("a", "2"), put("list", "10", 0), put("list", "11", 1), put("list", "12", 2)}));
    CHECK_FALSE(commit(store, {removal("list", 0), removal("list", 2)}));
  }
  sqlite_store store(directory(), environment());
  const auto all = store.load();
  CHECK(describe(all) == strings{"a#0=2", R"(b#0={"x":[1.50,"ä\u0000"]})", "list#1=11"});
  REQUIRE(all.size() == 3);
  CHECK(all[2].next == 3);  // no number is used twice
  CHECK(all[0].initial == "initial");
  CHECK(all[0].of == value_named("a"));
  CHECK(store.load().empty());
  CHECK(logged.empty());
}

TEST_CASE_FIXTURE(store_fixture, "the destructor stores waiting commits") {
  {
    sqlite_store store(directory(), environment());
    for (int i = 0; i < 100; ++i) store.commit({{}, {put("a", std::to_string(i))}}, [](error_code) {});
  }
  CHECK(found() == strings{"a#0=99"});
}

TEST_CASE_FIXTURE(store_fixture, "commits that wait together share a transaction, in their order") {
  sqlite_store store(directory(), environment());
  CHECK_FALSE(commit(store, {put("a", "0")}));
  other_writer blocking(database());
  constexpr int count = 200;
  std::vector<int> ended;
  for (int i = 1; i <= count; ++i)
    store.commit({{}, {put("a", std::to_string(i)), put("b", std::to_string(i))}}, [&, i](error_code why) {
      CHECK_FALSE(why);
      ended.push_back(i);
    });
  CHECK(ended.empty());
  blocking.end();
  run_until([&] { return ended.size() == count; });
  CHECK(std::is_sorted(ended.begin(), ended.end()));
  const auto status = store.status();
  CHECK(status.commits.count() <=
        4);  // the very first one, the first of these, and the one with those that waited for it
  CHECK(status.batches.sum() == 1 + 2 * count);
  CHECK(status.values == 1 + 2 * count);
  CHECK(status.refused == 0);
  CHECK(status.waiting == 0);
  CHECK(status.bytes > 0);
}

TEST_CASE_FIXTURE(store_fixture, "one that cannot be stored does not touch those that wait with it") {
  sqlite_store store(directory(), environment());
  {
    sqlite_database other(database(), sqlite_database::access::write);
    other.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON item WHEN NEW.value = '13' BEGIN SELECT RAISE(ABORT, "
        "'unlucky'); END");
  }
  other_writer blocking(database());
  std::vector<error_code> outcomes;
  for (const char* body : {"12", "13", "14"})
    store.commit({{}, {put("first", "1"), put(std::string("v") + body, body)}},
                 [&](error_code why) { outcomes.push_back(why); });
  blocking.end();
  run_until([&] { return outcomes.size() == 3; });
  CHECK_FALSE(outcomes[0]);
  CHECK(outcomes[1] == errc::storage_failed);
  CHECK_FALSE(outcomes[2]);
  run_until([&] { return logged.size() == 2; });
  CHECK(logged[0].find("unlucky") != std::string::npos);
  CHECK(logged[1] == "state is stored again; 1 changes have been refused so far");
  CHECK(store.status().refused == 1);
}

TEST_CASE_FIXTURE(store_fixture, "while the disk hangs, only so many commits wait") {
  sqlite_store store(directory(), environment());
  CHECK_FALSE(commit(store, {put("a", "0")}));
  other_writer blocking(database());
  std::size_t stored = 0;
  std::size_t refused = 0;
  std::size_t sent = 0;
  const auto send = [&] {
    ++sent;
    store.commit({{}, {put("a", "1")}},
                 [&](error_code why) { ++(why == errc::too_many_pending ? refused : stored); });
  };
  // Commits that the thread has already taken do not count as waiting.
  while (refused == 0 && sent < 3 * sqlite_store::most_waiting) {
    send();
    loop.context().poll();
  }
  CHECK(refused == 1);
  CHECK(sent > sqlite_store::most_waiting);
  blocking.end();
  run_until([&] { return stored + refused == sent; });
  CHECK(refused == 1);
}

TEST_CASE_FIXTURE(store_fixture, "a full disk refuses changes until there is room") {
  sqlite_store store(directory(), environment());
  CHECK_FALSE(commit(store, {put("a", "1")}));
  const std::string large = '"' + std::string(1 << 20, 'x') + '"';
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{std::filesystem::file_size(database() + "-wal") + 8192, before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  CHECK(commit(store, {put("a", large)}) == errc::storage_full);
  CHECK(commit(store, {put("a", large)}) == errc::storage_full);
  CHECK(store.status().failing.has_value());
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK_FALSE(commit(store, {put("a", "3")}));
  CHECK_FALSE(store.status().failing.has_value());
  run_until([&] { return logged.size() == 2; });
  CHECK(logged[0].starts_with("state cannot be stored, and changes of it get 500: " + database()));
}

TEST_CASE_FIXTURE(store_fixture,
                  "the directory may be reached through links, but the database through none") {
  namespace fs = std::filesystem;
  const auto link = directory() + "/link";
  fs::create_directory(directory() + "/real");
  fs::create_directory_symlink("real", link);
  { const sqlite_store store(link, environment()); }
  CHECK(fs::exists(directory() + "/real/state.db"));
  fs::rename(directory() + "/real/state.db", directory() + "/moved.db");
  fs::create_symlink("../moved.db", directory() + "/real/state.db");
  CHECK_THROWS_AS(sqlite_store(link, environment()), storage_fault);
}

TEST_CASE_FIXTURE(store_fixture, "two gateways do not share a directory") {
  const sqlite_store store(directory(), environment());
  CHECK_THROWS_WITH_AS(sqlite_store(directory(), environment()),
                       (directory() + " is used by another gateway").c_str(), storage_fault);
}

TEST_CASE_FIXTURE(store_fixture, "a directory that is not there is named") {
  CHECK_THROWS_WITH_AS(sqlite_store("/nowhere/at/all", environment()),
                       "/nowhere/at/all/state.lock: No such file or directory", storage_fault);
}

TEST_CASE_FIXTURE(store_fixture,
                  "a damaged database is kept under another name, and nothing is lost silently") {
  { commit(*std::make_unique<sqlite_store>(directory(), environment()), {put("a", "1")}); }
  SUBCASE("no database at all") {
    std::ofstream(database(), std::ios::trunc)
        << "this is a letter to the laboratory, and no database of any kind\n";
    std::filesystem::remove(database() + "-wal");
  }
  SUBCASE("a page that is overwritten") {
    std::fstream file(database(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(4096, 'z');
  }
  SUBCASE("a value that is not JSON") {
    sqlite_database other(database(), sqlite_database::access::write);
    other.execute("UPDATE item SET value = '{'");
  }
  sqlite_store store(directory(), environment());
  CHECK(store.load().empty());
  const auto status = store.status();
  REQUIRE(status.damaged.has_value());
  CHECK(status.damaged->starts_with(database() + ".damaged-"));
  CHECK(std::filesystem::exists(*status.damaged));
  REQUIRE(logged.size() == 1);
  CHECK(logged[0].find(*status.damaged) != std::string::npos);
  CHECK_FALSE(commit(store, {put("a", "2")}));
}

TEST_CASE_FIXTURE(store_fixture, "a value that is set aside is kept, with the reason") {
  {
    sqlite_store store(directory(), environment());
    commit(store, {put("a", "9")});
    auto replaced = put("a", "1");
    replaced.set_aside = "9 is given, at most 5 is wanted";
    commit(store, {replaced});
    CHECK(store.status().set_aside == 1);
  }
  CHECK(found() == strings{"a#0=1"});
  state_database database_of(database(), sqlite_database::access::read);
  const auto kept = database_of.set_aside();
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].of == value_named("a"));
  CHECK(kept[0].value == "9");
  CHECK(kept[0].why == "9 is given, at most 5 is wanted");
  CHECK(kept[0].at.count > 1'700'000'000'000);
  sqlite_store again(directory(), environment());
  CHECK(again.status().set_aside == 1);
}

TEST_CASE_FIXTURE(store_fixture, "a copy is whole while others write") {
  sqlite_store store(directory(), environment());
  for (int i = 0; i < 50; ++i) commit(store, {put("a", std::to_string(i)), put("b", std::to_string(i))});
  state_database read(database(), sqlite_database::access::read);
  store.commit({{}, {put("a", "50"), put("b", "50")}}, [](error_code) {});
  const auto copy = directory() + "/copy.db";
  read.back_up(copy);
  state_database copied(copy, sqlite_database::access::read);
  const auto found = describe(copied.load());
  REQUIRE(found.size() == 2);
  CHECK(found[0].substr(4) == found[1].substr(4));
  CHECK_FALSE(std::filesystem::exists(copy + "-wal"));
}

TEST_CASE_FIXTURE(store_fixture, "a write is fresh once, and its answer is found") {
  using state = once_record::state;
  const auto begin = [this](sqlite_store& in, const char* key, const char* fingerprint = "print") {
    std::optional<once_record> found;
    in.begin({key, fingerprint}, [&](error_code why, once_record r) {
      CHECK_FALSE(why);
      found = std::move(r);
    });
    run_until([&] { return found.has_value(); });
    return *found;
  };
  {
    sqlite_store store(directory(), environment());
    for (const char* key : {"answered", "unknown", "refused"}) CHECK(begin(store, key).what == state::fresh);
    CHECK(begin(store, "unknown").what == state::unknown);
    store.end("answered", "the answer");
    store.end("refused", "");
    CHECK(begin(store, "refused").what == state::fresh);
    store.end("refused", "");
  }
  sqlite_store store(directory(), environment());
  const auto answered = begin(store, "answered");
  CHECK(answered.what == state::answered);
  CHECK(answered.answer == "the answer");
  CHECK(begin(store, "unknown").what == state::unknown);
  CHECK(begin(store, "answered", "another").what == state::conflict);
  CHECK(begin(store, "refused").what == state::fresh);
  CHECK(store.status().values == 0);
}

TEST_CASE_FIXTURE(store_fixture, "old writes are forgotten; the time without a gateway does not count") {
  using namespace std::chrono_literals;
  using state = once_record::state;
  {
    state_database held(database(), sqlite_database::access::write);
    held.transact([&] {
      for (const char* key : {"first", "second", "running"}) held.begin_once({key, "print"}, 4000ms);
      held.end_once("first", "answer", 5000ms);
      held.end_once("second", "answer", 9000ms);
      held.forget_once(6000ms);
      CHECK(held.begin_once({"first", "print"}, 9000ms).what == state::fresh);
      CHECK(held.begin_once({"second", "print"}, 9000ms).what == state::answered);
      CHECK(held.begin_once({"running", "print"}, 9000ms).what == state::unknown);
    });
  }
  state_database again(database(), sqlite_database::access::write);
  again.transact([&] {
    again.forget_once(0ms);
    CHECK(again.begin_once({"first", "print"}, 1ms).what == state::unknown);
    again.forget_once(1ms);
    CHECK(again.begin_once({"second", "print"}, 1ms).what == state::fresh);
    CHECK(again.begin_once({"running", "print"}, 1ms).what == state::fresh);
  });
}
