#include <doctest/doctest.h>

#include <cerrno>
#include <condition_variable>
#include <log_queue.hpp>
#include <mutex>
#include <string>
#include <system_error>
#include <vector>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

constexpr auto timeout = 30s;

/// Stores what it receives; blocks and fails on demand.
class destination final : public log_destination {
 public:
  void add(const spdlog::details::log_msg& line) override {
    kept_.emplace_back(line.payload.data(), line.payload.size());
  }
  void add(const request_record& r, spdlog::log_clock::time_point) override { kept_.push_back(to_line(r)); }
  void flush() override {
    std::unique_lock lock(mutex_);
    stuck_ = blocked_;
    news_.notify_all();
    news_.wait(lock, [this] { return !blocked_; });
    stuck_ = false;
    const auto taken = std::exchange(kept_, {});
    if (failing_) throw std::system_error(ENOSPC, std::generic_category());
    lines_.insert(lines_.end(), taken.begin(), taken.end());
  }

  void block(bool on) {
    const std::lock_guard lock(mutex_);
    blocked_ = on;
    news_.notify_all();
  }
  void await_stuck() {
    std::unique_lock lock(mutex_);
    REQUIRE(news_.wait_for(lock, timeout, [this] { return stuck_; }));
  }
  void fail(bool on) {
    const std::lock_guard lock(mutex_);
    failing_ = on;
  }
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<std::string> kept_;
  std::vector<std::string> lines_;
  bool blocked_ = false;
  bool stuck_ = false;
  bool failing_ = false;
};

struct log_queue_fixture {
  std::shared_ptr<destination> to = std::make_shared<destination>();
  log_queue tested{64 << 10};
  ~log_queue_fixture() { to->block(false); }

  void push(const std::string& message, spdlog::level::level_enum level = spdlog::level::info) {
    tested.push(to, spdlog::details::log_msg("test", level, message));
  }
  /// Pushes lines until one is dropped; returns how many were accepted.
  int fill(spdlog::level::level_enum level) {
    const auto before = tested.dropped();
    int taken = -1;
    do {
      push("filling", level);
      ++taken;
    } while (tested.dropped() == before);
    return taken;
  }
};

}  // namespace

TEST_CASE_FIXTURE(log_queue_fixture, "lines are written in their order, requests among them") {
  request_record r;
  r.request_id = "0123";
  r.device = "GW_1";
  r.subsystem = "axuv";
  r.code = 400;
  push("one");
  tested.push(to, r);
  push("two");
  CHECK(tested.flush(timeout));
  CHECK(to->lines() == std::vector<std::string>{"one", to_line(r), "two"});
  CHECK(tested.dropped() == 0);
}

TEST_CASE_FIXTURE(log_queue_fixture,
                  "nobody waits for a blocked destination, and a line reports what was dropped") {
  to->block(true);
  push("first");
  to->await_stuck();
  const int taken = fill(spdlog::level::info);
  push("after the gap");
  CHECK(taken > 50);
  CHECK(tested.dropped() == 2);
  CHECK_FALSE(tested.flush(0ms));
  to->block(false);
  CHECK(tested.flush(timeout));
  const auto lines = to->lines();
  REQUIRE(lines.size() == static_cast<std::size_t>(taken) + 2);
  CHECK(lines.front() == "first");
  CHECK(lines[1] == "filling");
  CHECK(lines.back() == "2 lines of the log were dropped here: they came faster than they could be written");
  push("later");
  CHECK(tested.flush(timeout));
  CHECK(to->lines().back() == "later");
  CHECK(tested.dropped() == 2);
}

TEST_CASE_FIXTURE(log_queue_fixture,
                  "when there is no more room for debug lines, there still is for more important ones") {
  to->block(true);
  push("first");
  to->await_stuck();
  fill(spdlog::level::debug);
  push("careful", spdlog::level::warn);
  CHECK(tested.dropped() == 1);
  CHECK(fill(spdlog::level::warn) > 10);
}

TEST_CASE_FIXTURE(
    log_queue_fixture,
    "lines that could not be written are counted, and reported when writing is possible again") {
  to->fail(true);
  push("lost");
  push("lost");
  CHECK(tested.flush(timeout));
  CHECK(tested.dropped() == 2);
  to->fail(false);
  push("written");
  CHECK(tested.flush(timeout));
  CHECK(to->lines() == std::vector<std::string>{
                           "written", "2 lines of the log could not be written: No space left on device"});
}

TEST_CASE_FIXTURE(log_queue_fixture, "lines for an earlier destination stay there") {
  const auto next = std::make_shared<destination>();
  to->block(true);
  push("one");
  to->await_stuck();
  push("two");
  tested.push(next, spdlog::details::log_msg("test", spdlog::level::info, "three"));
  to->block(false);
  CHECK(tested.flush(timeout));
  CHECK(to->lines() == std::vector<std::string>{"one", "two"});
  CHECK(next->lines() == std::vector<std::string>{"three"});
}

TEST_CASE_FIXTURE(log_queue_fixture, "closing writes pending lines, and drops those that are blocked") {
  push("one");
  SUBCASE("written") {
    CHECK(tested.close(timeout));
    CHECK(to->lines() == std::vector<std::string>{"one"});
    push("too late");
    CHECK(tested.close(timeout));
    CHECK(to->lines() == std::vector<std::string>{"one"});
  }
  SUBCASE("stuck") {
    to->block(true);
    push("two");
    to->await_stuck();
    CHECK_FALSE(tested.close(1ms));
  }
}
