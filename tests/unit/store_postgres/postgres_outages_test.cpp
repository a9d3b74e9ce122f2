#include "postgres_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::store;
using namespace mqcoap::test;
using strings = std::vector<std::string>;

namespace {

constexpr auto short_timeout = std::chrono::milliseconds(300);

/// Pauses the server during its lifetime.
struct pause_of_server {
  pause_of_server() { server().pause(); }
  ~pause_of_server() { server().resume(); }
};

struct short_timeout_fixture : shared_database {
  std::unique_ptr<postgres_store> open_with_short_timeout(std::chrono::milliseconds certainty) {
    auto short_of_time = options();
    short_of_time.timeout = short_timeout;
    short_of_time.certainty = certainty;
    auto opened = open(short_of_time);
    wait_for([&] { return opened->is_reachable(); });
    return opened;
  }
};

}  // namespace

TEST_CASE_FIXTURE(short_timeout_fixture,
                  "A server that hangs is noticed; a commit that it has got is certain afterwards") {
  const auto store = open_with_short_timeout(std::chrono::seconds(60));
  CHECK_FALSE(put(*store, "a", 0, "1"));
  std::optional<error_code> outcome;
  {
    const pause_of_server paused;
    store->commit({{mark_of("a", 1)}, {write_of("a", "2")}}, [&](error_code why) { outcome = why; });
    CHECK(refresh(*store, {mark_of("a", 1)}) == strings{"the database does not answer"});
    wait_for([&] { return !store->is_reachable() && has_logged("no answer within 300ms"); });
    CHECK(put(*store, "b", 0, "1") == errc::storage_unreachable);
    CHECK_FALSE(outcome);
  }
  wait_for([&] { return outcome.has_value(); });
  // Whether or not it was too late for the server, the outcome must be reported correctly.
  wait_for([&] { return store->is_reachable(); });
  CHECK((!*outcome || *outcome == errc::storage_unreachable));
  CHECK(refresh(*store, {mark_of("a", 1)}) == (*outcome ? strings{} : strings{"a@2 0=2"}));
}

TEST_CASE_FIXTURE(short_timeout_fixture,
                  "What became of a commit is unknown if the server hangs for too long") {
  const auto store = open_with_short_timeout(std::chrono::milliseconds(600));
  CHECK_FALSE(put(*store, "a", 0, "1"));
  std::optional<error_code> outcome;
  {
    const pause_of_server paused;
    store->commit({{mark_of("a", 1)}, {write_of("a", "2")}}, [&](error_code why) { outcome = why; });
    wait_for([&] { return outcome.has_value(); });
    CHECK(*outcome == errc::timed_out);
  }
  wait_for([&] { return store->is_reachable(); });
  const auto found = refresh(*store, {mark_of("a", 1)});
  const std::uint64_t revision = found.empty() ? 1 : 2;
  CHECK_FALSE(put(*store, "a", revision, "3"));
  CHECK(refresh(*store, {mark_of("a", 0)}) == strings{"a@" + std::to_string(revision + 1) + " 0=3"});
}

TEST_CASE_FIXTURE(short_timeout_fixture,
                  "A server that is stopped is unreachable at once, and comes back by itself") {
  const auto store = open_with_short_timeout(std::chrono::seconds(1));
  CHECK_FALSE(put(*store, "a", 0, "1"));
  server().stop();
  wait_for([&] { return has_logged("cannot be used"); });
  // The connection for commits may still be open.
  auto said = put(*store, "a", 1, "2");
  if (said == errc::timed_out) said = put(*store, "a", 1, "2");
  CHECK(said == errc::storage_unreachable);
  CHECK(refresh(*store, {mark_of("a", 0)}) == strings{"the database does not answer"});
  CHECK(store->status().failing);
  server().start();
  wait_for([&] { return store->is_reachable(); });
  CHECK_FALSE(store->status().failing);
  CHECK(refresh(*store, {mark_of("a", 0)}) == strings{"a@1 0=1"});
  CHECK_FALSE(put(*store, "a", 1, "2"));
  CHECK(has_logged("connected to the database"));
}

TEST_CASE_FIXTURE(short_timeout_fixture, "A gateway that begins without a database serves when it is there") {
  server().stop();
  auto later = options();
  later.timeout = short_timeout;
  const auto store = open(later);
  CHECK(refresh(*store, {mark_of("a", 0)}) == strings{"the database does not answer"});
  server().start();
  wait_for([&] { return store->is_reachable(); });
  CHECK_FALSE(put(*store, "a", 0, "1"));
}

TEST_CASE_FIXTURE(short_timeout_fixture,
                  "Of two gateways that begin at once with an empty database one makes the tables") {
  const auto one = open(options());
  const auto two = open(options());
  const auto three = open(options());
  wait_for([&] { return one->is_reachable() && two->is_reachable() && three->is_reachable(); });
  CHECK_FALSE(put(*one, "a", 0, "1"));
  CHECK_FALSE(put(*two, "b", 0, "1"));
  CHECK(sql("SELECT version FROM mqcoap_schema") == "1");
}

TEST_CASE_FIXTURE(short_timeout_fixture,
                  "A commit that waits too long for a lock is refused, and nothing has changed") {
  const auto store = open_with_short_timeout(std::chrono::seconds(60));
  CHECK_FALSE(put(*store, "a", 0, "1"));
  {
    side_session side(*this);
    side.run("BEGIN");
    side.run("SELECT FROM mqcoap_cell WHERE path = 'a' FOR UPDATE");
    CHECK(put(*store, "a", 1, "2") == errc::storage_unreachable);
  }
  wait_for([&] { return store->is_reachable(); });
  CHECK(refresh(*store, {mark_of("a", 1)}).empty());
  CHECK_FALSE(put(*store, "a", 1, "3"));
}

TEST_CASE_FIXTURE(short_timeout_fixture, "A name that is not resolved, or slowly, does not stop the loop") {
  auto by_name = options();
  by_name.url = "postgresql://gw@db.invalid/" + name;
  by_name.timeout = short_timeout;
  std::vector<std::string> requested;
  name_resolver resolver;
  SUBCASE("not resolved") {
    resolver = [](const std::string& host) { return resolved_name{{}, host + " is unknown"}; };
  }
  SUBCASE("nobody is there") {
    resolver = [](const std::string&) { return resolved_name{{"127.0.0.1"}, {}}; };
    by_name.url = "postgresql://gw@db.invalid:1/" + name;
  }
  const auto store = std::make_unique<postgres_store>(
      by_name, postgres_store::environment{
                   loop.context().get_executor(),
                   [this](log_level, std::string_view message) { logged.emplace_back(message); }, resolver});
  CHECK(refresh(*store, {mark_of("a", 0)}) == strings{"the database does not answer"});
  CHECK(has_logged("cannot be used"));
}
