#include <doctest/doctest.h>

#include <chrono>
#include <mqcoap/base/clock.hpp>

using namespace mqcoap;
using namespace std::chrono_literals;

TEST_CASE("a manual clock stands still until it is advanced, and advances both times alike") {
  manual_clock time;
  const auto now = time.now();
  const auto wall = time.wall();
  CHECK(time.now() == now);
  CHECK(time.wall() == wall);
  time.advance(1500ms);
  CHECK(time.now() - now == 1500ms);
  CHECK(time.wall().count - wall.count == 1500);
  time.advance(999us);
  CHECK(time.now() - now == 1500ms + 999us);
  CHECK(time.wall().count - wall.count == 1500);
  time.advance(1us);
  CHECK(time.wall().count - wall.count == 1501);
}

TEST_CASE("the machine's steady clock never goes back, its wall clock is past 2020") {
  const system_clock time;
  const auto first = time.now();
  CHECK(time.now() >= first);
  CHECK(time.wall().count > 1'577'836'800'000);
}
