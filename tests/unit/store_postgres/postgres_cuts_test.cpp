#include "cutting_proxy.hpp"
#include "postgres_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::store;
using namespace mqcoap::test;
using strings = std::vector<std::string>;

namespace {

/// A gateway that connects through a proxy, and one that connects directly.
struct cut_fixture : shared_database {
  cutting_proxy proxy{loop.context(), server().socket()};
  std::unique_ptr<postgres_store> store;
  std::unique_ptr<postgres_store> other = open();

  cut_fixture() {
    auto through = options();
    through.url = proxy.url(name);
    store = open(through);
    wait_for([this] { return store->is_reachable(); });
  }
  using shared_database::open;

  bool is_stored(const std::string& value) {
    return sql("SELECT count(*) FROM mqcoap_value WHERE value = '" + value + '\'') == "1";
  }
};

}  // namespace

TEST_CASE_FIXTURE(cut_fixture,
                  "A commit whose answer is lost is found to be stored, and is not stored again") {
  proxy.answers.is_held = true;
  std::optional<error_code> outcome;
  store->commit({{mark_of("a", 0)}, {write_of("a", "1")}}, [&](error_code why) { outcome = why; });
  // The loop runs between the queries.
  wait_for([this] { return is_stored("1"); });
  CHECK_FALSE(outcome);
  proxy.answers = {};
  proxy.cut();
  wait_for([&] { return outcome.has_value(); });
  CHECK_FALSE(*outcome);
  CHECK(refresh(*other, {mark_of("a", 0)}) == strings{"a@1 0=1"});
}

TEST_CASE_FIXTURE(cut_fixture, "A stale commit whose answer is lost is found to be stale") {
  CHECK_FALSE(put(*other, "a", 0, "1"));
  proxy.answers.is_held = true;
  std::vector<error_code> outcomes;
  store->commit({{mark_of("a", 0)}, {write_of("a", "2")}}, [&](error_code why) { outcomes.push_back(why); });
  wait_for([this] { return sql("SELECT count(*) FROM mqcoap_member WHERE batch = 1") == "2"; });
  proxy.answers = {};
  proxy.cut();
  wait_for([&] { return outcomes.size() == 1; });
  CHECK(outcomes[0] == errc::stale);
}

TEST_CASE_FIXTURE(cut_fixture, "A commit that did not reach the server is sent again") {
  proxy.requests.is_held = true;
  std::optional<error_code> outcome;
  store->commit({{mark_of("a", 0)}, {write_of("a", "1")}}, [&](error_code why) { outcome = why; });
  wait_for([this] { return proxy.held_requests() > 0; });
  proxy.requests = {};
  proxy.cut();
  wait_for([&] { return outcome.has_value(); });
  CHECK_FALSE(*outcome);
  CHECK(refresh(*other, {mark_of("a", 0)}) == strings{"a@1 0=1"});
}

TEST_CASE_FIXTURE(cut_fixture,
                  "A commit that reaches the server after its connection was given up changes nothing") {
  proxy.requests.is_held = true;
  std::optional<error_code> outcome;
  store->commit({{mark_of("a", 0)}, {write_of("a", "1")}}, [&](error_code why) { outcome = why; });
  wait_for([this] { return proxy.held_requests() > 0; });
  proxy.requests.is_held = false;
  proxy.cut_gateways();
  wait_for([&] { return outcome.has_value(); });
  CHECK_FALSE(*outcome);
  CHECK_FALSE(put(*other, "a", 1, "2"));
  proxy.release();  // the first copy, for revision 0, arrives only now; so does the same change for revision
                    // 2, which counts as another
  CHECK(refresh(*other, {mark_of("a", 2)}).empty());
  CHECK(put(*store, "b", 0, "1") == error_code());
  CHECK(refresh(*other, {mark_of("a", 0)}) == strings{"a@2 0=2"});
}

TEST_CASE_FIXTURE(cut_fixture, "A connection that is cut at any byte loses no commit and doubles none") {
  std::uint64_t revision = 0;
  std::size_t cuts = 0;
  const auto commit_and_cut = [&](cutting_proxy::gate& at, std::size_t after) {
    at.left = after;
    std::optional<error_code> outcome;
    const auto value = std::to_string(revision + 1);
    proxy.on_pass = [&] {
      if (at.left == 0) ++cuts, at.left = cutting_proxy::all;
    };
    store->commit({{mark_of("a", revision)}, {write_of("a", value)}}, [&](error_code why) { outcome = why; });
    wait_for([&] { return outcome.has_value(); });
    proxy.on_pass = [] {};
    at.left = cutting_proxy::all;
    CHECK_FALSE(*outcome);
    ++revision;
    wait_for([this] { return store->is_reachable(); });
  };
  for (std::size_t after = 1; after < 220; after += 7) commit_and_cut(proxy.answers, after);
  for (std::size_t after = 1; after < 600; after += 31) commit_and_cut(proxy.requests, after);
  CHECK(cuts > 20);
  const auto last = std::to_string(revision);
  CHECK(refresh(*other, {mark_of("a", 0)}) == strings{"a@" + last + " 0=" + last});
}

TEST_CASE_FIXTURE(cut_fixture,
                  "A commit that waits for another member's lock is stored once when its connection ends") {
  CHECK_FALSE(put(*store, "a", 0, "1"));
  side_session side(*this);
  side.run("BEGIN");
  side.run("SELECT FROM mqcoap_cell WHERE path = 'a' FOR UPDATE");
  std::optional<error_code> outcome;
  store->commit({{mark_of("a", 1)}, {write_of("a", "2")}}, [&](error_code why) { outcome = why; });
  wait_for(
      [this] { return sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == "1"; });
  SUBCASE("by the server") { cut(); }
  SUBCASE("on the way") { proxy.cut(); }
  wait_for([this] { return !store->is_reachable(); });
  side.run("COMMIT");
  wait_for([&] { return outcome.has_value(); });
  CHECK_FALSE(*outcome);
  CHECK(refresh(*other, {mark_of("a", 0)}) == strings{"a@2 0=2"});
}

TEST_CASE_FIXTURE(cut_fixture, "Connections that end while nothing is asked are made again") {
  CHECK_FALSE(put(*store, "a", 0, "1"));
  cut();
  wait_for([this] { return !store->is_reachable(); });
  CHECK(refresh(*store, {mark_of("a", 0)}) == strings{"a@1 0=1"});
  CHECK_FALSE(put(*store, "a", 1, "2"));
}

TEST_CASE_FIXTURE(cut_fixture, "A reading whose answer is lost asks again") {
  CHECK_FALSE(put(*store, "a", 0, "1"));
  proxy.answers.is_held = true;
  std::vector<std::string> found;
  store->refresh({mark_of("a", 0)}, [&](error_code why, const std::vector<stored_cell>& cells) {
    found = {why.message(), cells.empty() ? "" : describe(cells[0])};
  });
  const auto passed = proxy.requests.passed;
  proxy.answers = {};
  proxy.cut();
  wait_for([&] { return !found.empty(); });
  CHECK(found[1] == "a@1 0=1");
  CHECK(proxy.requests.passed > passed);
}

TEST_CASE_FIXTURE(cut_fixture, "A gateway that is destroyed while commits are under way calls nobody") {
  bool is_called = false;
  for (int i = 0; i < 5; ++i) {
    const auto path = "a" + std::to_string(i);
    store->commit({{mark_of(path, 0)}, {write_of(path, "1")}}, [&](error_code) { is_called = true; });
    store->refresh({mark_of(path, 0)},
                   [&](error_code, const std::vector<stored_cell>&) { is_called = true; });
  }
  store.reset();
  CHECK_FALSE(put(*other, "b", 0, "1"));
  CHECK_FALSE(is_called);
}
