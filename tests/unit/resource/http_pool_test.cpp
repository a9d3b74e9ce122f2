#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <mqcoap/resource/http/http_pool.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

/// A connection that records requests and answers them when the test decides.
struct fake_wire final : http_wire {
  explicit fake_wire(std::map<int, fake_wire*>& all) : among(all), number(static_cast<int>(next++)) {
    among[number] = this;
  }
  ~fake_wire() override { among.erase(number); }
  fake_wire(const fake_wire&) = delete;
  fake_wire& operator=(const fake_wire&) = delete;

  void exchange(std::shared_ptr<const http_exchange> what, handler reported) override {
    requested = std::move(what);
    done = std::move(reported);
    is_usable = false;
  }
  bool is_open() noexcept override { return is_usable; }
  http_progress progress() const override { return at; }

  static inline std::size_t next = 0;
  std::map<int, fake_wire*>& among;
  const int number;
  std::shared_ptr<const http_exchange> requested;
  handler done;
  bool is_usable = false;
  http_progress at{};
};

struct pool_fixture {
  manual_clock time;
  std::map<int, fake_wire*> wires;  ///< all existing connections
  std::vector<std::string> log;
  steady_time woken = steady_time::max();
  std::shared_ptr<http_pool> tested;
  http_terms terms{.timeout = 1h, .connections = 2, .queue = 3};
  std::vector<std::string> ends;

  pool_fixture() {
    fake_wire::next = 0;
    tested = std::make_shared<http_pool>(
        "http://a.lab:80", [this] { return std::make_unique<fake_wire>(wires); }, time,
        [this](log_level, std::string_view message) { log.emplace_back(message); },
        [this](http_pool&, steady_time next) { woken = next; });
  }
  backend::running ask(const std::string& target, method verb = method::get,
                       steady_time::duration allowed = 1h) {
    auto what = std::make_shared<http_exchange>();
    what->verb = verb;
    what->target = target;
    return tested->ask(std::move(what), terms, time.now() + allowed, [this, target](http_outcome outcome) {
      ends.push_back(target + ' ' + (outcome.why.empty() ? std::to_string(outcome.status) : outcome.why));
    });
  }
  /// Returns the requests in flight, by the number of their connection.
  std::string under_way() {
    std::string all;
    for (const auto& [number, wire] : wires)
      if (wire->done)
        all += (all.empty() ? "" : " ") + std::to_string(number) + ':' + wire->requested->target;
    return all;
  }
  void end(int number, http_outcome outcome, bool stays_open = true) {
    auto& wire = *wires.at(number);
    wire.is_usable = stays_open;
    const auto done = std::exchange(wire.done, nullptr);
    done(std::move(outcome));
  }
  void answer(int number, unsigned status = 200, bool stays_open = true) {
    http_outcome outcome;
    outcome.status = status;
    end(number, std::move(outcome), stays_open);
  }
  void lose(int number) { end(number, {.how = http_outcome::end::closed, .why = "closed"}, false); }
  void pass(steady_time::duration by) {
    const auto until = time.now() + by;
    while (tested->next_deadline() <= until) {
      CHECK(woken == tested->next_deadline());
      time.advance(tested->next_deadline() - time.now());
      tested->expire();
    }
    time.advance(until - time.now());
  }
  std::string ended() {
    std::string all;
    for (const auto& each : std::exchange(ends, {})) all += (all.empty() ? "" : "; ") + each;
    return all;
  }
};

}  // namespace

TEST_CASE_FIXTURE(pool_fixture, "a connection is kept for the next request, and closed when none comes") {
  const auto first = ask("/a");
  CHECK(under_way() == "0:/a");
  answer(0);
  CHECK(ended() == "/a 200");
  const auto second = ask("/b");
  CHECK(under_way() == "0:/b");
  answer(0);
  pass(terms.idle - 1ms);
  CHECK(wires.size() == 1);
  pass(1ms);
  CHECK(wires.empty());
  CHECK(woken == steady_time::max());
  CHECK(ended() == "/b 200");
}

TEST_CASE_FIXTURE(pool_fixture,
                  "a connection that the server closes, or that may not be kept, is not used again") {
  const auto first = ask("/a");
  answer(0, 200, false);
  CHECK(wires.empty());
  const auto second = ask("/b");
  answer(1);
  wires.at(1)->is_usable = false;  // closed by the server while it was idle
  const auto third = ask("/c");
  CHECK(under_way() == "2:/c");
  terms.idle = 0ms;
  const auto fourth = ask("/d");
  CHECK(under_way() == "2:/c 3:/d");
  answer(3);
  CHECK(wires.size() == 1);
}

TEST_CASE_FIXTURE(pool_fixture,
                  "the number of requests in flight is limited, the next ones wait in order, and further "
                  "ones are rejected") {
  std::vector<backend::running> kept;
  for (const char* each : {"/a", "/b", "/c", "/d", "/e", "/f"}) kept.push_back(ask(each));
  CHECK(ended() == "/f too many requests wait for the server");
  CHECK(under_way() == "0:/a 1:/b");
  answer(1);
  CHECK(under_way() == "0:/a 1:/c");
  answer(0);
  answer(0);
  CHECK(under_way() == "0:/e 1:/c");
  CHECK(ended() == "/b 200; /a 200; /d 200");
}

TEST_CASE_FIXTURE(pool_fixture, "a resource that allows fewer connections is not overtaken") {
  const auto first = ask("/a");
  terms.connections = 1;
  const auto narrow = ask("/narrow");
  terms.connections = 4;
  const auto third = ask("/b");
  CHECK(under_way() == "0:/a");
  answer(0);
  CHECK(under_way() == "0:/narrow 1:/b");
}

TEST_CASE_FIXTURE(pool_fixture, "a GET that meets a closed connection is sent once more, on a new one") {
  const auto first = ask("/a");
  answer(0);
  const auto second = ask("/b");
  CHECK(under_way() == "0:/b");
  lose(0);
  CHECK(under_way() == "1:/b");
  CHECK(ended() == "/a 200");
  lose(1);
  CHECK(ended() == "/b closed");
  CHECK(wires.empty());
}

TEST_CASE_FIXTURE(pool_fixture, "a GET on a new connection is not repeated") {
  const auto first = ask("/a");
  lose(0);
  CHECK(ended() == "/a closed");
  CHECK(under_way().empty());
}

TEST_CASE_FIXTURE(pool_fixture, "nothing but a GET is ever sent twice") {
  for (const auto verb : {method::post, method::put, method::del}) {
    const auto warm = ask("/warm");
    const int number = wires.begin()->first;
    answer(number);
    const auto write = ask("/write", verb);
    CHECK(under_way() == std::to_string(number) + ":/write");
    lose(number);
    CHECK(ended() == "/warm 200; /write closed");
    CHECK(under_way().empty());
  }
}

TEST_CASE_FIXTURE(pool_fixture, "a GET whose answer was cut off is not repeated") {
  const auto first = ask("/a");
  answer(0);
  const auto second = ask("/b");
  end(0, {.how = http_outcome::end::cut_off, .why = "cut off"}, false);
  CHECK(ended() == "/a 200; /b cut off");
}

TEST_CASE_FIXTURE(pool_fixture, "a request that times out reports how far it came") {
  using stage = http_progress::stage;
  terms.connections = 1;
  terms.timeout = 2s;
  terms.queue = 64;
  const auto late = [this](stage at, std::string got = {}) {
    const auto running = ask("/a");
    wires.begin()->second->at = {at, std::move(got)};
    pass(2s);
    CHECK(wires.empty());
    return ended();
  };
  CHECK(late(stage::looking_up) == "/a the server's name was not resolved within 2s");
  CHECK(late(stage::connecting) == "/a could not connect to the server within 2s");
  CHECK(late(stage::sending) == "/a the server has not taken the request within 2s");
  CHECK(late(stage::waiting) == "/a the server has not answered within 2s");
  CHECK(late(stage::reading, "HTTP/1.1 2\x1b") ==
        "/a the server has not ended its answer within 2s; received so far: 'HTTP/1.1 2?'");
  const auto first = ask("/a");
  pass(1s);
  const auto second = ask("/b");
  pass(1s);
  CHECK(ended() == "/a the server's name was not resolved within 2s");
  CHECK(under_way() == "6:/b");
  const auto third = ask("/c");
  pass(1s);
  pass(1s);
  CHECK(ended() ==
        "/b the server's name was not resolved within 2s; /c the server's name was not resolved within 2s");
  CHECK(log.size() == 1);
}

TEST_CASE_FIXTURE(pool_fixture,
                  "a request that waits for others reports that before a general timeout does") {
  terms.connections = 1;
  const auto first = ask("/a");
  const auto second = ask("/b", method::put, 1s);
  pass(1s);
  CHECK(ended() == "/b waited 950ms behind other requests to the server; nothing was sent");
  CHECK(under_way() == "0:/a");
}

TEST_CASE_FIXTURE(pool_fixture, "a caller who disconnects cancels its request, and makes room") {
  terms.connections = 1;
  auto first = ask("/a");
  auto second = ask("/b");
  const auto third = ask("/c");
  second.reset();
  CHECK(under_way() == "0:/a");
  first.reset();
  CHECK(under_way() == "1:/c");
  answer(1);
  CHECK(ended() == "/c 200");
}

TEST_CASE_FIXTURE(pool_fixture, "a handler may ask again, and a server that refuses is logged once") {
  backend::running again;
  auto what = std::make_shared<http_exchange>();
  what->target = "/first";
  const auto first =
      tested->ask(what, terms, steady_time::max(), [&](const http_outcome&) { again = ask("/again"); });
  end(0, {.how = http_outcome::end::not_connected, .why = "refused"}, false);
  CHECK(under_way() == "1:/again");
  end(1, {.how = http_outcome::end::not_connected, .why = "refused"}, false);
  CHECK(ended() == "/again refused");
  CHECK(log == std::vector<std::string>{"http://a.lab:80: refused"});
}
