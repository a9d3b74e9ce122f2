#include <doctest/doctest.h>

#include <mqcoap/transport/acknowledgement_watch.hpp>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

struct fixture {
  manual_clock time;
  acknowledgement_watch watch{20s};

  fixture() { watch.begin(time.now()); }
  bool look_after(std::chrono::seconds passed, bool owed = true) {
    time.advance(passed);
    return watch.is_silent(time.now(), owed);
  }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "a broker that owes an acknowledgement for the whole patience is silent") {
  CHECK_FALSE(look_after(10s, false));
  CHECK_FALSE(look_after(19s));
  CHECK(look_after(1s));
  CHECK(watch.since() == steady_time{10s});
}

TEST_CASE_FIXTURE(fixture, "whatever it acknowledges shows that it still does") {
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(look_after(19s));
    watch.acknowledged();
  }
  CHECK_FALSE(look_after(19s));
}

TEST_CASE_FIXTURE(fixture,
                  "a broker that owes nothing, or to which messages are still on their way, is not silent") {
  CHECK_FALSE(look_after(1h, false));
  CHECK_FALSE(look_after(19s));
  CHECK_FALSE(look_after(1s, false));
  CHECK_FALSE(look_after(19s));
}

TEST_CASE_FIXTURE(fixture, "a new connection begins anew") {
  CHECK_FALSE(look_after(19s));
  watch.begin(time.now());
  CHECK_FALSE(look_after(19s));
  CHECK(look_after(1s));
}
