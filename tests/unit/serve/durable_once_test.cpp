#include <doctest/doctest.h>

#include <map>
#include <mqcoap/serve/durable_once.hpp>
#include <mqcoap/serve/run_once.hpp>
#include <optional>

#include "core_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

using state = once_record::state;

/// Records in memory that are written when the test decides.
struct slow_records final : once_store {
  struct begun {
    once_request write;
    begin_handler done;
  };
  struct entry {
    std::string fingerprint;
    std::string answer;
  };

  void begin(once_request write, begin_handler done) override {
    if (out_of_memory) throw std::bad_alloc();
    waiting.push_back({std::move(write), std::move(done)});
    if (at_once) record();
  }
  void end(std::string key, std::string answer) override {
    if (answer.empty())
      entries.erase(key);
    else
      entries.at(key).answer = std::move(answer);
  }
  void record(error_code why = {}) {
    auto first = std::move(waiting.front());
    waiting.erase(waiting.begin());
    if (why) return first.done(why, {});
    const auto [at, is_new] = entries.emplace(first.write.key, entry{first.write.fingerprint, {}});
    if (is_new) return first.done({}, {});
    if (at->second.fingerprint != first.write.fingerprint) return first.done({}, {state::conflict, {}});
    first.done({}, {at->second.answer.empty() ? state::unknown : state::answered, at->second.answer});
  }

  bool at_once = false;
  bool out_of_memory = false;
  std::vector<begun> waiting;
  std::map<std::string, entry> entries;
};

struct durable_fixture : core_fixture {
  slow_records records;
  int repeats = 0;
  std::optional<serving_core> core;  ///< the core of the current process

  durable_fixture() { restart(); }
  /// Simulates a restart of the process: only the records are preserved.
  void restart() {
    kept.clear();
    core.emplace(time, serving_options{10s}, hooks());
    core->compose([this](chain_builder& chain) {
      chain.add<run_once>({}, run_once::environment{*core, time});
      chain.add<durable_once>({{"DEV", "OTHER"}},
                              durable_once::environment{*core, time, &records, [this] { ++repeats; }});
      chain.add<keeper>({}, kept);
    });
  }
  std::shared_ptr<named_origin> send(method verb, const std::string& tag = "DEV", const char* body = "null") {
    auto origin = std::make_shared<named_origin>(tag + '/' + an_id);
    auto c = make(verb, tag);
    c->origin = origin;
    c->req.body = *json_text::parse(body);
    core->serve(std::move(c));
    return origin;
  }
};

}  // namespace

TEST_CASE_FIXTURE(durable_fixture, "a write is run when it is recorded, and not before") {
  const auto caller = send(method::post);
  CHECK(kept.empty());
  CHECK(core->in_flight() == 1);
  records.record();
  REQUIRE(kept.size() == 1);
  answer made;
  made.code = response_code::created;
  made.location = "gains/3";
  std::move(kept[0]).respond(std::move(made));
  CHECK(caller->codes == codes{"201"});
  CHECK(core->in_flight() == 0);
  REQUIRE(records.entries.size() == 1);
  CHECK(records.entries.begin()->second.answer.find("gains/3") != std::string::npos);

  restart();
  const auto repeat = send(method::post);
  records.record();
  CHECK(kept.empty());
  CHECK(repeat->codes == codes{"201"});
  CHECK(repeats == 1);
}

TEST_CASE_FIXTURE(durable_fixture, "what ran when the process ended is never run again") {
  send(method::post);
  records.record();
  CHECK(kept.size() == 1);
  const auto before = records.entries;
  restart();
  records.entries = before;  // the end of a process answers no request
  const auto repeat = send(method::post);
  records.record();
  CHECK(kept.empty());
  CHECK(repeat->codes == codes{"500"});
}

TEST_CASE_FIXTURE(durable_fixture, "the same id for another write is refused, also after a restart") {
  send(method::put, "DEV", "1");
  records.record();
  std::move(kept[0]).respond({});
  restart();
  const auto other = send(method::put, "DEV", "2");
  records.record();
  CHECK(other->codes == codes{"400"});
  CHECK(kept.empty());
}

TEST_CASE_FIXTURE(durable_fixture, "what is only read, and what is for another device, is not recorded") {
  CHECK(send(method::get)->codes == codes{"205"});
  send(method::post, "PLAIN");
  CHECK(kept.size() == 1);
  CHECK(records.waiting.empty());
}

TEST_CASE_FIXTURE(durable_fixture, "a write that was never run is forgotten") {
  send(method::post);
  records.record();
  std::move(kept[0]).refuse(response_code::service_unavailable, "later");
  CHECK(records.entries.empty());
}

TEST_CASE_FIXTURE(durable_fixture, "a write that cannot be recorded is not run") {
  SUBCASE("since the disk is full") {
    const auto caller = send(method::post);
    records.record(errc::storage_full);
    CHECK(caller->codes == codes{"500"});
  }
  SUBCASE("since a database does not answer") {
    const auto caller = send(method::post);
    records.record(errc::storage_unreachable);
    CHECK(caller->codes == codes{"503"});
  }
  SUBCASE("since there is no memory") {
    records.out_of_memory = true;
    CHECK(send(method::post)->codes == codes{"503"});
    records.out_of_memory = false;
  }
  CHECK(kept.empty());
  CHECK(core->in_flight() == 0);
  const auto again = send(method::post);  // the first one was never run
  records.record();
  REQUIRE(kept.size() == 1);
  std::move(kept[0]).respond({});
  CHECK(again->codes == codes{"205"});
}

TEST_CASE_FIXTURE(durable_fixture, "a call whose time is over before it is recorded is not run") {
  const auto caller = send(method::post);
  time.advance(11s);
  core->expire(time.now());
  CHECK(caller->codes == codes{"504"});
  records.record();
  CHECK(kept.empty());
  CHECK(records.entries.empty());
}

TEST_CASE_FIXTURE(durable_fixture, "a call that goes on still has its deadline") {
  const auto caller = send(method::post);
  records.record();
  CHECK(kept.size() == 1);
  time.advance(11s);
  core->expire(time.now());
  CHECK(caller->codes == codes{"504"});
  CHECK(late == 1);
}

TEST_CASE_FIXTURE(durable_fixture, "a store may answer at once, or when the core is gone") {
  records.at_once = true;
  const auto caller = send(method::post);
  REQUIRE(kept.size() == 1);
  CHECK(core->next_deadline() < steady_time::max());
  std::move(kept[0]).respond({});
  CHECK(caller->codes == codes{"205"});
  records.at_once = false;
  send(method::post, "OTHER");
  kept.clear();
  core.reset();
  records.record();
  CHECK(kept.empty());
}
