#include <doctest/doctest.h>

#include <limits>
#include <mqcoap/exchange/backoff.hpp>

using namespace mqcoap;
using namespace std::chrono_literals;

TEST_CASE("the first wait is half a second to a second") {
  CHECK(backoff().next(0s, 0) == 500ms);
  CHECK(backoff().next(0s, 500) == 1000ms);
  CHECK(backoff().next(0s, 501) == 500ms);
}

TEST_CASE("tries are close together while an outage is short, then waits double to between 15 and 30 s") {
  backoff b;
  CHECK(b.next(0s, 0) == 500ms);
  for (auto waited = 500ms; waited < 20s; waited += 750ms) CHECK(b.next(0s, 0) == 750ms);
  CHECK(b.next(0s, 0) == 1500ms);
  CHECK(b.next(0s, 0) == 3s);
  CHECK(b.next(0s, 0) == 6s);
  CHECK(b.next(0s, 0) == 12s);
  for (int i = 0; i < 100; ++i) {
    CHECK(b.next(0s, 0) == 15s);
    CHECK(b.next(0s, 15'000) == 30s);
  }
}

TEST_CASE("a broker that comes back within a short outage is tried within 1.5 s") {
  backoff b;
  auto waited = 0ms;
  while (waited < 15s) {
    const auto wait = b.next(0s, std::numeric_limits<std::uint64_t>::max() - 7);
    REQUIRE(wait <= 1500ms);
    waited += wait;
  }
}

TEST_CASE("whatever is drawn, a wait stays within its bounds") {
  backoff b;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const auto wait = b.next(0s, i * 0x9e3779b97f4a7c15u);
    REQUIRE(wait >= 500ms);
    REQUIRE(wait <= 30s);
  }
  CHECK(b.next(0s, std::numeric_limits<std::uint64_t>::max()) <= 30s);
}

TEST_CASE("a connection that held starts the waits over, one that did not hold does not") {
  backoff b;
  while (b.next(0s, 0) < 6s) continue;
  CHECK(b.next(9s, 0) == 12s);
  CHECK(b.next(10s, 0) == 500ms);
  CHECK(b.next(0s, 0) == 750ms);
}

TEST_CASE("bounds that contradict each other give the shorter one") {
  backoff b({.shortest = 2s, .longest = 1s, .settled = 10s});
  CHECK(b.next(0s, 12'345) == 2s);
  CHECK(b.next(0s, 12'345) == 2s);
}
