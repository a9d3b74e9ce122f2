#include <algorithm>
#include <atomic>
#include <memory>
#include <mqcoap/net/name_lookup.hpp>
#include <semaphore>
#include <stdexcept>
#include <support/private_broker.hpp>

#include "mosquitto_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

/// A resolver that blocks until the test lets it answer.
class held_resolver {
 public:
  name_resolver resolver() {
    return [s = shared_](const std::string&) {
      ++s->calls;
      s->begun.release();
      s->go.acquire();
      return s->answer;
    };
  }
  void answers(resolved_name a) { shared_->answer = std::move(a); }
  void wait_until_begun() { shared_->begun.acquire(); }
  void release() { shared_->go.release(); }
  int calls() const { return shared_->calls; }

 private:
  struct state {
    std::atomic<int> calls{0};
    std::counting_semaphore<> begun{0};
    std::counting_semaphore<> go{0};
    resolved_name answer{{"127.0.0.1"}, {}};
  };
  std::shared_ptr<state> shared_ = std::make_shared<state>();
};

}  // namespace

TEST_CASE("the system's resolver knows this machine's names, and says what it does not know") {
  const auto known = resolve_by_system("localhost");
  CHECK(known.fault.empty());
  CHECK(std::find(known.addresses.begin(), known.addresses.end(), "127.0.0.1") != known.addresses.end());
  const auto unknown = resolve_by_system("no-such-host.invalid");
  CHECK(unknown.addresses.empty());
  CHECK_FALSE(unknown.fault.empty());
}

TEST_CASE("a lookup answers later, on the executor") {
  event_loop loop;
  held_resolver names;
  name_lookup lookup(loop.context().get_executor(), names.resolver());
  std::optional<resolved_name> answer;
  names.release();
  lookup.begin("host", [&](resolved_name found) { answer = std::move(found); });
  CHECK_FALSE(answer);
  REQUIRE(loop.run_until([&] { return answer.has_value(); }));
  CHECK(answer->addresses == std::vector<std::string>{"127.0.0.1"});
}

TEST_CASE("while a lookup runs, there is no second one: the next request gets its result") {
  event_loop loop;
  held_resolver names;
  name_lookup lookup(loop.context().get_executor(), names.resolver());
  int first = 0;
  int second = 0;
  lookup.begin("host", [&](const resolved_name&) { ++first; });
  names.wait_until_begun();
  lookup.cancel();
  lookup.begin("host", [&](const resolved_name&) { ++second; });
  names.release();
  REQUIRE(loop.run_until([&] { return second == 1; }));
  CHECK(names.calls() == 1);
  CHECK(first == 0);
  names.release();
  lookup.begin("host", [&](const resolved_name&) { ++second; });
  REQUIRE(loop.run_until([&] { return second == 2; }));
  CHECK(names.calls() == 2);
}

TEST_CASE("neither a stop nor the end of the event loop waits for a lookup") {
  held_resolver names;
  const system_clock time;
  auto options = options_for(1883);
  options.host = "some-name";
  bool stop_first = false;
  SUBCASE("stopped") { stop_first = true; }
  SUBCASE("destroyed"){} {
    event_loop loop;
    link_recorder reported;
    mosquitto_link l(loop.context().get_executor(), time, options, names.resolver());
    l.start(reported);
    loop.context().poll();
    names.wait_until_begun();
    if (stop_first) {
      bool stopped = false;
      l.stop(10s, [&] { stopped = true; });
      REQUIRE(loop.run_until([&] { return stopped; }));
    }
    CHECK(reported.downs == 0);
  }
  // The lookup is still blocked, and its result will be discarded.
  CHECK(names.calls() == 1);
  names.release();
}

TEST_CASE("a round that begins while an old lookup hangs takes what that one brings in the end") {
  private_broker broker;
  event_loop loop;
  held_resolver names;
  const system_clock time;
  auto options = options_for(broker.port());
  options.host = "some-name";
  options.connect_timeout = 200ms;
  link_recorder reported;
  mosquitto_link l(loop.context().get_executor(), time, options, names.resolver());
  l.start(reported);
  REQUIRE(loop.run_until([&] { return reported.downs == 1; }));
  CHECK(reported.why == "the name was not resolved within 200ms");
  CHECK(names.calls() == 1);
  for (int i = 0; i < 100; ++i)
    names.release();  // for further rounds as well, on a machine that connects slowly
  REQUIRE(loop.run_until([&] { return l.up(); }));
}

TEST_CASE("a resolver that throws results in its message, and may be called again") {
  event_loop loop;
  name_lookup lookup(loop.context().get_executor(),
                     [](const std::string&) -> resolved_name { throw std::runtime_error("out of luck"); });
  for (int i = 0; i < 2; ++i) {
    std::optional<resolved_name> answer;
    lookup.begin("host", [&](resolved_name found) { answer = std::move(found); });
    REQUIRE(loop.run_until([&] { return answer.has_value(); }));
    CHECK(answer->addresses.empty());
    CHECK(answer->fault == "out of luck");
  }
}

TEST_CASE("a name without an answer is an outage that quotes the resolver") {
  event_loop loop;
  held_resolver names;
  const system_clock time;
  names.answers({{}, "the dog ate it"});
  names.release();
  auto options = options_for(1883);
  options.host = "some-name";
  link_recorder reported;
  mosquitto_link l(loop.context().get_executor(), time, options, names.resolver());
  l.start(reported);
  REQUIRE(loop.run_until([&] { return reported.downs == 1; }));
  CHECK(reported.why == "cannot resolve the name: the dog ate it");
}
