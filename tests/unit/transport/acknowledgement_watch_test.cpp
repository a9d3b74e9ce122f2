#include <doctest/doctest.h>

#include <mqcoap/transport/acknowledgement_watch.hpp>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

struct acknowledgement_fixture {
  manual_clock time;
  acknowledgement_watch watch{20s};

  acknowledgement_fixture() { watch.begin(time.now()); }
  bool look_after(std::chrono::seconds passed, bool unacknowledged = true, bool all_left = true) {
    time.advance(passed);
    return watch.is_silent(time.now(), unacknowledged, all_left);
  }
};

}  // namespace

TEST_CASE_FIXTURE(acknowledgement_fixture,
                  "a broker that owes an acknowledgement for the whole timeout is silent") {
  CHECK_FALSE(look_after(10s));
  CHECK_FALSE(look_after(19s));
  CHECK(look_after(1s));
  CHECK(watch.since() == steady_time{10s});
}

TEST_CASE_FIXTURE(acknowledgement_fixture,
                  "what is owed stays owed while pings and further messages are on their way") {
  CHECK_FALSE(look_after(10s));
  for (int i = 0; i < 19; ++i) CHECK_FALSE(look_after(1s, true, false));
  CHECK(look_after(1s, true, false));
  CHECK(watch.since() == steady_time{10s});
}

TEST_CASE_FIXTURE(acknowledgement_fixture, "messages that never leave this machine are not owed") {
  for (int i = 0; i < 5; ++i) CHECK_FALSE(look_after(19s, true, false));
  CHECK_FALSE(look_after(1s));
  CHECK_FALSE(look_after(19s));
  CHECK(look_after(1s));
}

TEST_CASE_FIXTURE(acknowledgement_fixture, "whatever it acknowledges shows that it still does") {
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(look_after(19s));
    watch.acknowledged();
  }
  CHECK_FALSE(look_after(19s));
}

TEST_CASE_FIXTURE(acknowledgement_fixture,
                  "a broker that has acknowledged everything in between is not silent") {
  CHECK_FALSE(look_after(1h, false));
  CHECK_FALSE(look_after(19s));
  CHECK_FALSE(look_after(1s, false));
  CHECK_FALSE(look_after(19s));
}

TEST_CASE_FIXTURE(acknowledgement_fixture, "a new connection starts from the beginning") {
  CHECK_FALSE(look_after(19s));
  watch.begin(time.now());
  CHECK_FALSE(look_after(1s));
  CHECK_FALSE(look_after(19s));
  CHECK(look_after(1s));
}
