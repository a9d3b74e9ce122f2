#include <doctest/doctest.h>

#include <mqcoap/exchange/throttle.hpp>

using namespace mqcoap;
using namespace std::chrono_literals;

TEST_CASE("one passes in each interval and reports how many were suppressed") {
  throttle lines(1s);
  const steady_time start{};
  CHECK(lines.pass(start) == 0u);
  CHECK_FALSE(lines.pass(start));
  CHECK_FALSE(lines.pass(start + 999ms));
  CHECK(lines.pass(start + 1s) == 2u);
  CHECK_FALSE(lines.pass(start + 1s));
  CHECK(lines.pass(start + 60s) == 1u);
  CHECK(lines.pass(start + 61s) == 0u);
}
