#include <doctest/doctest.h>

#include <mqcoap/gateway/twin_filter.hpp>
#include <string>

using namespace mqcoap;
using namespace std::chrono_literals;

TEST_CASE("a second copy is detected while subscriptions overlap, and for a while after") {
  twin_filter twins;
  steady_time now{1h};
  CHECK_FALSE(twins.is_twin("a", now));
  CHECK_FALSE(twins.is_twin("a", now));
  twins.begin();
  CHECK_FALSE(twins.is_twin("a", now));
  CHECK(twins.is_twin("a", now));
  CHECK_FALSE(twins.is_twin("b", now + 1h));
  twins.end_soon(now + 1h);
  CHECK(twins.is_twin("b", now + 1h + 4s));
  CHECK_FALSE(twins.is_twin("b", now + 1h + 5s));
}

TEST_CASE("ending what never began has no effect") {
  twin_filter twins;
  twins.end_soon(steady_time{1h});
  CHECK_FALSE(twins.is_twin("a", steady_time{1h}));
  CHECK_FALSE(twins.is_twin("a", steady_time{1h}));
}

TEST_CASE("copies come close to each other: only the last topics are kept") {
  twin_filter twins;
  twins.begin();
  for (int i = 0; i < 10'000; ++i) {
    CHECK_FALSE(twins.is_twin(std::to_string(i), steady_time{1h}));
    CHECK(twins.is_twin(std::to_string(i), steady_time{1h}));
  }
  CHECK_FALSE(twins.is_twin("0", steady_time{1h}));
}
