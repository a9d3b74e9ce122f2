#include <doctest/doctest.h>

#include <mqcoap/exchange/stall_watch.hpp>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

boot_clock::time_point boot_at(std::chrono::milliseconds since_start) {
  return boot_clock::time_point() + since_start;
}

}  // namespace

TEST_CASE("a loop that runs in time leaves nothing waiting") {
  stall_watch watch(1s);
  watch.turn(boot_at(0ms));
  watch.turn(boot_at(1000ms));
  watch.turn(boot_at(1001ms));
  watch.turn(boot_at(2100ms));  // within the lateness of a timer
  CHECK(watch.waited() == 0ms);
}

TEST_CASE("after a gap, messages count as delayed until everything is read") {
  stall_watch watch(1s);
  watch.turn(boot_at(5000ms));
  watch.turn(boot_at(36'000ms));
  CHECK(watch.waited() == 30s);
  watch.turn(boot_at(36'001ms));  // the timer, which is due as well
  CHECK(watch.waited() == 30s);
  watch.all_is_read();
  CHECK(watch.waited() == 0ms);
  watch.turn(boot_at(36'500ms));
  CHECK(watch.waited() == 0ms);
}

TEST_CASE("of two gaps in a row the longer counts") {
  stall_watch watch(1s);
  watch.turn(boot_at(0ms));
  watch.turn(boot_at(6000ms));
  watch.turn(boot_at(10'000ms));
  CHECK(watch.waited() == 5s);
}

TEST_CASE("before the loop runs for the first time, nothing is known") {
  stall_watch watch(1s);
  watch.turn(boot_at(1'000'000ms));
  CHECK(watch.waited() == 0ms);
}
