#include <doctest/doctest.h>

#include <mqcoap/transport/outgoing_queue.hpp>
#include <utility>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

steady_time at(std::chrono::milliseconds t) { return steady_time{} + t; }

/// A queue, and the handlers of messages that it dropped.
struct bench {
  outgoing_queue q;
  outgoing_queue::handlers dropped;

  bench(std::size_t max_messages, std::size_t max_bytes) : q(max_messages, max_bytes) {}
  bool push(std::string_view topic, std::string_view payload, steady_time deadline, steady_time now,
            link::written_handler done = {}) {
    return q.push(topic, payload, deadline, {}, std::move(done), now, dropped);
  }
  outgoing_queue::entry* front(steady_time now) { return q.front(now, dropped); }
  void expire(steady_time now) { q.expire(now, dropped); }
  std::size_t clear() { return q.clear(dropped); }
};

}  // namespace

TEST_CASE("messages leave in order, as they came") {
  bench queue(10, 1000);
  REQUIRE(queue.push("a/1", "one", at(9s), at(0s)));
  REQUIRE(queue.push("a/2", std::string_view("t\0o", 3), at(9s), at(0s)));
  REQUIRE(queue.push("a/3", "", at(9s), at(0s)));
  CHECK(queue.front(at(0s))->topic() == std::string("a/1"));
  CHECK(queue.front(at(0s))->payload() == "one");
  queue.q.pop();
  CHECK(queue.front(at(0s))->topic() == std::string("a/2"));
  CHECK(queue.front(at(0s))->payload() == std::string_view("t\0o", 3));
  queue.q.pop();
  CHECK(queue.front(at(0s))->payload().empty());
  queue.q.pop();
  CHECK(queue.front(at(0s)) == nullptr);
  CHECK(queue.q.bytes() == 0);
  CHECK(queue.q.expired() == 0);
}

TEST_CASE("a full queue refuses and keeps what it has") {
  SUBCASE("by number") {
    bench queue(2, 1000);
    CHECK(queue.push("t", "1", at(9s), at(0s)));
    CHECK(queue.push("t", "2", at(9s), at(0s)));
    CHECK_FALSE(queue.push("t", "3", at(9s), at(0s)));
    CHECK(queue.q.size() == 2);
    CHECK(queue.front(at(0s))->payload() == "1");
  }
  SUBCASE("by bytes, to the byte") {
    bench queue(100, 10);
    CHECK(queue.push("t", "123", at(9s), at(0s)));
    CHECK_FALSE(queue.push("t", "1234", at(9s), at(0s)));
    CHECK(queue.push("t", "123", at(9s), at(0s)));
    CHECK(queue.q.bytes() == 10);
  }
}

TEST_CASE("what has expired is dropped, counted, and makes place") {
  bench queue(3, 1000);
  queue.push("t", "late", at(300ms), at(0ms));
  queue.push("t", "early", at(100ms), at(0ms));
  queue.push("t", "late too", at(300ms), at(0ms));
  CHECK_FALSE(queue.push("t", "new", at(900ms), at(99ms)));
  CHECK(queue.push("t", "new", at(900ms), at(100ms)));
  CHECK(queue.q.expired() == 1);
  CHECK(queue.front(at(300ms))->payload() == "new");
  CHECK(queue.q.expired() == 3);
  CHECK(queue.q.bytes() == 5);
  queue.expire(at(899ms));
  CHECK(queue.q.size() == 1);
  queue.expire(at(900ms));
  CHECK(queue.q.empty());
  CHECK(queue.q.bytes() == 0);
  CHECK(queue.q.expired() == 4);
}

TEST_CASE("clearing tells how many were thrown away, and expires none") {
  bench queue(3, 1000);
  queue.push("t", "1", at(1s), at(0s));
  queue.push("t", "2", at(1s), at(0s));
  CHECK(queue.clear() == 2);
  CHECK(queue.q.empty());
  CHECK(queue.q.bytes() == 0);
  CHECK(queue.q.expired() == 0);
  CHECK(queue.push("t", "3", at(5s), at(2s)));
}

TEST_CASE("the handler that waits for a message is handed out when it is dropped, whatever the reason") {
  std::vector<int> heard;
  const auto note = [&](int who) { return [&heard, who](error_code) { heard.push_back(who); }; };
  bench queue(3, 1000);
  queue.push("t", "1", at(100ms), at(0ms), note(1));
  queue.push("t", "2", at(200ms), at(0ms));
  queue.push("t", "3", at(300ms), at(0ms), note(3));
  SUBCASE("at the head") {
    CHECK(queue.front(at(250ms))->payload() == "3");
    REQUIRE(queue.dropped.size() == 1);
  }
  SUBCASE("for the place of another one") {
    CHECK(queue.push("t", "4", at(900ms), at(150ms), note(4)));
    REQUIRE(queue.dropped.size() == 1);
  }
  SUBCASE("with the clock") {
    queue.expire(at(200ms));
    REQUIRE(queue.dropped.size() == 1);
    queue.expire(at(300ms));
    REQUIRE(queue.dropped.size() == 2);
    CHECK(queue.q.expired() == 3);
  }
  SUBCASE("with all others") {
    CHECK(queue.clear() == 3);
    REQUIRE(queue.dropped.size() == 2);
  }
  for (const auto& done : queue.dropped) done({});
  CHECK(heard.front() == 1);
}
