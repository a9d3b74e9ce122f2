#include <doctest/doctest.h>

#include <mqcoap/gateway/rival_watch.hpp>
#include <string>
#include <vector>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

struct rival_watch_fixture {
  manual_clock time;
  std::vector<std::string> errors, infos;
  rival_watch rivals{[this](log_level level, std::string_view message) {
    (level == log_level::error ? errors : infos).emplace_back(message);
  }};
};

}  // namespace

TEST_CASE_FIXTURE(rival_watch_fixture, "a tag is reported once, however many answers arrive") {
  CHECK(rivals.empty());
  CHECK(rivals.next_end() == steady_time::max());
  for (int i = 0; i < 100; ++i) rivals.note_answer("GW_1", time.now());
  rivals.note_answer("GW_0", time.now());
  CHECK(errors.size() == 2);
  CHECK(rivals.tags() == std::vector<std::string>{"GW_0", "GW_1"});
}

TEST_CASE_FIXTURE(rival_watch_fixture, "it is over when nothing was seen for five minutes") {
  rivals.note_answer("GW_1", time.now());
  time.advance(4min);
  rivals.note_answer("GW_1", time.now());
  time.advance(4min);
  rivals.expire(time.now());
  CHECK_FALSE(rivals.empty());
  CHECK(rivals.next_end() == time.now() + 1min);
  time.advance(1min);
  rivals.expire(time.now());
  CHECK(rivals.empty());
  CHECK(infos.size() == 1);
  rivals.note_answer("GW_1", time.now());
  CHECK(errors.size() == 2);
}

TEST_CASE_FIXTURE(rival_watch_fixture, "a tag that is not served any more is forgotten") {
  rivals.note_answer("GW_1", time.now());
  rivals.note_answer("GW_2", time.now());
  rivals.keep_only([](std::string_view tag) { return tag == "GW_2"; });
  CHECK(rivals.tags() == std::vector<std::string>{"GW_2"});
}
