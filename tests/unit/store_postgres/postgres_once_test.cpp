#include <mqcoap/store/postgres/postgres_once.hpp>

#include "cutting_proxy.hpp"
#include "postgres_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::store;
using namespace mqcoap::test;

namespace {

using state = once_record::state;

struct records_fixture : shared_database {
  std::unique_ptr<postgres_once> open_records() {
    auto opened = std::make_unique<postgres_once>(options(), loop.context().get_executor());
    wait_for([&] { return opened->is_reachable(); });
    return opened;
  }
  once_record begin(postgres_once& in, const std::string& key, const std::string& fingerprint = "print") {
    std::optional<once_record> found;
    in.begin({key, fingerprint}, [&](error_code why, once_record r) {
      CHECK_FALSE(why);
      found = std::move(r);
    });
    wait_for([&] { return found.has_value(); });
    return *found;
  }
  /// Completes a write, and waits until the database has stored that.
  void end(postgres_once& in, const std::string& key, const std::string& answer) {
    in.end(key, answer);
    wait_for([&] {
      return sql("SELECT coalesce(max(answer), '') FROM mqcoap_once WHERE key = '" + key + '\'') == answer;
    });
  }
};

/// A gateway that connects through a proxy, which cuts it off from the database.
struct proxied_fixture : records_fixture {
  cutting_proxy proxy{loop.context(), server().socket()};
  postgres_once records{options_through(proxy), loop.context().get_executor()};

  proxied_fixture() {
    wait_for([&] { return records.is_reachable(); });
  }
  postgres_options options_through(const cutting_proxy& to) const {
    auto through = options();
    through.url = to.url(name);
    through.timeout = std::chrono::milliseconds(300);
    return through;
  }
  /// Lets data pass again, and waits until the database has no record.
  void reconnect_and_wait_for_removal() {
    proxy.answers.is_held = proxy.requests.is_held = false;
    proxy.cut();
    wait_for([&] { return records.is_reachable() && sql("SELECT count(*) FROM mqcoap_once") == "0"; });
  }
};

}  // namespace

TEST_CASE_FIXTURE(records_fixture,
                  "a write is fresh at one of several gateways, and its answer is found at each") {
  const auto one = open_records();
  const auto two = open_records();
  CHECK(begin(*one, "k").what == state::fresh);
  end(*one, "k", "the answer");
  for (auto* const each : {one.get(), two.get()}) {
    const auto found = begin(*each, "k");
    CHECK(found.what == state::answered);
    CHECK(found.answer == "the answer");
    CHECK(begin(*each, "k", "another").what == state::conflict);
  }
  CHECK(begin(*one, "never run").what == state::fresh);
  end(*one, "never run", "");
  CHECK(begin(*two, "never run").what == state::fresh);
}

TEST_CASE_FIXTURE(records_fixture, "of gateways that get a write at the same time, one runs it") {
  std::vector<std::unique_ptr<postgres_once>> members;
  for (int i = 0; i < 4; ++i) members.push_back(open_records());
  for (int round = 0; round < 20; ++round) {
    const auto key = "k" + std::to_string(round);
    std::size_t fresh = 0;
    std::size_t answered = 0;
    for (auto& each : members)
      each->begin({key, "print"}, [&, by = each.get()](error_code why, const once_record& found) {
        CHECK_FALSE(why);
        if (found.what != state::fresh) {
          CHECK(found.what == state::answered);  // the others wait for it
          ++answered;
          return;
        }
        ++fresh;
        by->end(key, "done");
      });
    wait_for([&] { return fresh + answered == members.size(); });
    CHECK(fresh == 1);
  }
}

TEST_CASE_FIXTURE(records_fixture, "a write without an answer is one of unknown outcome") {
  {
    const auto died = open_records();
    CHECK(begin(*died, "k").what == state::fresh);
  }
  CHECK(begin(*open_records(), "k").what == state::unknown);
}

TEST_CASE_FIXTURE(records_fixture, "a connection that is cut does not make a fresh write an unknown one") {
  const auto records = open_records();
  for (int round = 0; round < 20; ++round) {
    std::optional<once_record> found;
    std::optional<error_code> failed;
    const auto key = "k" + std::to_string(round);
    records->begin({key, "print"}, [&](error_code why, once_record r) {
      if (why)
        failed = why;
      else
        found = std::move(r);
    });
    loop.context().poll();
    cut();
    wait_for([&] { return found || failed; });
    if (found) CHECK(found->what == state::fresh);
    wait_for([&] { return records->is_reachable(); });
  }
}

TEST_CASE_FIXTURE(proxied_fixture, "a write that fails after its record was made leaves none") {
  // The server records the write, and its answers arrive no more.
  proxy.answers.is_held = true;
  std::optional<error_code> outcome;
  records.begin({"k", "print"}, [&](error_code why, const once_record&) { outcome = why; });
  wait_for([&] { return outcome.has_value(); });
  CHECK(*outcome == errc::storage_unreachable);
  CHECK(sql("SELECT count(*) FROM mqcoap_once") == "1");
  reconnect_and_wait_for_removal();
  CHECK(begin(records, "k").what == state::fresh);
}

TEST_CASE_FIXTURE(proxied_fixture,
                  "a write that was not run leaves no record, though the database was away") {
  CHECK(begin(records, "k").what == state::fresh);
  proxy.answers.is_held = proxy.requests.is_held = true;
  records.end("k", "");
  wait_for([&] { return !records.is_reachable(); });
  reconnect_and_wait_for_removal();
  CHECK(begin(records, "k").what == state::fresh);
}

TEST_CASE_FIXTURE(proxied_fixture, "a removal that comes late does not touch the record of another gateway") {
  const auto other = open_records();
  CHECK(begin(records, "k").what == state::fresh);
  // The server removes the record, and its answer does not arrive.
  proxy.answers.is_held = true;
  records.end("k", "");
  wait_for([&] { return sql("SELECT count(*) FROM mqcoap_once") == "0"; });
  CHECK(begin(*other, "k").what == state::fresh);
  wait_for([&] { return !records.is_reachable(); });
  proxy.answers.is_held = false;
  proxy.cut();
  wait_for([&] { return records.is_reachable(); });
  // The removal was sent before this write.
  CHECK(begin(records, "another").what == state::fresh);
  CHECK(sql("SELECT count(*) FROM mqcoap_once WHERE key = 'k'") == "1");
  CHECK(begin(records, "k").what == state::unknown);
  end(*other, "k", "the answer");
  CHECK(begin(records, "k").what == state::answered);
}

TEST_CASE_FIXTURE(records_fixture, "the end of a write that was recorded by another gateway has no effect") {
  const auto one = open_records();
  const auto two = open_records();
  CHECK(begin(*one, "k").what == state::fresh);
  two->end("k", "");
  two->end("k", "wrong");
  CHECK(begin(*two, "another").what == state::fresh);
  end(*one, "k", "right");
  CHECK(begin(*two, "k").answer == "right");
}

TEST_CASE_FIXTURE(records_fixture, "without the database no write is recorded") {
  auto nowhere = options();
  nowhere.url = "postgresql:///mqcoap?host=/nowhere";
  postgres_once records(nowhere, loop.context().get_executor());
  std::optional<error_code> outcome;
  records.begin({"k", "print"}, [&](error_code why, const once_record&) { outcome = why; });
  wait_for([&] { return outcome.has_value(); });
  CHECK(*outcome == errc::storage_unreachable);
}
