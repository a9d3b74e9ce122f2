#include <doctest/doctest.h>

#include <mqcoap/transport/outgoing_queue.hpp>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

steady_time at(std::chrono::milliseconds t) { return steady_time{} + t; }

}  // namespace

TEST_CASE("messages leave in order, as they came") {
  outgoing_queue queue(10, 1000);
  REQUIRE(queue.push("a/1", "one", at(9s), at(0s)));
  REQUIRE(queue.push("a/2", std::string_view("t\0o", 3), at(9s), at(0s)));
  REQUIRE(queue.push("a/3", "", at(9s), at(0s)));
  CHECK(queue.front(at(0s))->topic() == std::string("a/1"));
  CHECK(queue.front(at(0s))->payload() == "one");
  queue.pop();
  CHECK(queue.front(at(0s))->topic() == std::string("a/2"));
  CHECK(queue.front(at(0s))->payload() == std::string_view("t\0o", 3));
  queue.pop();
  CHECK(queue.front(at(0s))->payload().empty());
  queue.pop();
  CHECK(queue.front(at(0s)) == nullptr);
  CHECK(queue.bytes() == 0);
  CHECK(queue.expired() == 0);
}

TEST_CASE("a full queue refuses and keeps what it has") {
  SUBCASE("by number") {
    outgoing_queue queue(2, 1000);
    CHECK(queue.push("t", "1", at(9s), at(0s)));
    CHECK(queue.push("t", "2", at(9s), at(0s)));
    CHECK_FALSE(queue.push("t", "3", at(9s), at(0s)));
    CHECK(queue.size() == 2);
    CHECK(queue.front(at(0s))->payload() == "1");
  }
  SUBCASE("by bytes, to the byte") {
    outgoing_queue queue(100, 10);
    CHECK(queue.push("t", "123", at(9s), at(0s)));
    CHECK_FALSE(queue.push("t", "1234", at(9s), at(0s)));
    CHECK(queue.push("t", "123", at(9s), at(0s)));
    CHECK(queue.bytes() == 10);
  }
}

TEST_CASE("what has expired is dropped, counted, and makes place") {
  outgoing_queue queue(3, 1000);
  queue.push("t", "late", at(300ms), at(0ms));
  queue.push("t", "early", at(100ms), at(0ms));
  queue.push("t", "late too", at(300ms), at(0ms));
  CHECK_FALSE(queue.push("t", "new", at(900ms), at(99ms)));
  CHECK(queue.push("t", "new", at(900ms), at(100ms)));
  CHECK(queue.expired() == 1);
  CHECK(queue.front(at(300ms))->payload() == "new");
  CHECK(queue.expired() == 3);
  CHECK(queue.bytes() == 5);
  queue.expire(at(899ms));
  CHECK(queue.size() == 1);
  queue.expire(at(900ms));
  CHECK(queue.empty());
  CHECK(queue.bytes() == 0);
  CHECK(queue.expired() == 4);
}

TEST_CASE("clearing tells how many were thrown away, and expires none") {
  outgoing_queue queue(3, 1000);
  queue.push("t", "1", at(1s), at(0s));
  queue.push("t", "2", at(1s), at(0s));
  CHECK(queue.clear() == 2);
  CHECK(queue.empty());
  CHECK(queue.bytes() == 0);
  CHECK(queue.expired() == 0);
  CHECK(queue.push("t", "3", at(5s), at(2s)));
}
