#include <mqcoap/store/postgres/leader_lease.hpp>

#include <algorithm>

#include "postgres_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::store;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

struct lease_fixture : shared_database {
  /// A gateway that tries to become the leader.
  struct contender {
    int wins = 0;
    std::vector<std::string> losses;
    boot_clock::duration jump{};
    std::unique_ptr<leader_lease> lease;

    bool leads() const { return lease != nullptr && lease->holds(); }
  };

  lease_options lease(std::chrono::milliseconds duration) const {
    lease_options made{options(), duration};
    return made;
  }
  std::unique_ptr<contender> contend(std::chrono::milliseconds duration = 1000ms) {
    auto made = std::make_unique<contender>();
    auto* const self = made.get();
    leader_lease::environment env{loop.context().get_executor(), [this](log_level, std::string_view message) {
                                    logged.emplace_back(message);
                                  }};
    env.now = [self] { return boot_clock::now() + self->jump; };
    made->lease = std::make_unique<leader_lease>(
        lease(duration), std::move(env),
        leader_lease::owner{[self] { ++self->wins; },
                            [self](const std::string& why) { self->losses.push_back(why); }});
    made->lease->start();
    all.push_back(self);
    return made;
  }
  /// Also checks that there is never more than one leader.
  template <class Condition>
  void wait(Condition reached) {
    wait_for([&] {
      CHECK(std::count_if(all.begin(), all.end(), [](const contender* each) { return each->leads(); }) <= 1);
      return reached();
    });
  }
  bool release(contender& leader) {
    std::optional<bool> reported;
    leader.lease->release([&](bool is_awaited) { reported = is_awaited; });
    wait([&] { return reported.has_value(); });
    return *reported;
  }

  std::vector<contender*> all;
};

}  // namespace

TEST_CASE_FIXTURE(lease_fixture, "one of several leads, and another one when it gives the lease back") {
  const auto first = contend(60s);
  wait([&] { return first->leads(); });
  const auto second = contend(60s);
  wait([&] { return sql("SELECT count(*) FROM mqcoap_standby") == "1"; });
  CHECK_FALSE(second->leads());
  CHECK(first->lease->age().has_value());
  CHECK_FALSE(second->lease->age().has_value());
  CHECK(release(*first));
  CHECK_FALSE(first->leads());
  wait([&] { return second->leads(); });
  CHECK(second->lease->epoch() == first->lease->epoch() + 1);
  CHECK_FALSE(release(*second));  // no other gateway is waiting
  CHECK(first->losses.empty());
  CHECK(second->losses.empty());
}

TEST_CASE_FIXTURE(lease_fixture, "a leader that has vanished is followed when its lease ends") {
  auto first = contend();
  wait([&] { return first->leads(); });
  const auto second = contend();
  wait([&] { return sql("SELECT count(*) FROM mqcoap_standby") == "1"; });
  first->lease.reset();
  wait([&] { return second->leads(); });
  CHECK(second->wins == 1);
}

TEST_CASE_FIXTURE(lease_fixture, "a leader without its database ends before another may begin") {
  const auto first = contend();
  wait([&] { return first->leads(); });
  const auto second = contend();
  wait([&] { return sql("SELECT count(*) FROM mqcoap_standby") == "1"; });
  server().pause();
  wait([&] { return !first->losses.empty(); });
  CHECK_FALSE(first->leads());
  CHECK(first->losses.size() == 1);
  CHECK(first->losses.front().starts_with("the database has not renewed the lease"));
  server().resume();
  wait([&] { return second->leads(); });
}

TEST_CASE_FIXTURE(lease_fixture, "a cut connection does not end the lease") {
  const auto leader = contend(60s);
  wait([&] { return leader->leads(); });
  const auto before = leader->lease->age();
  cut();
  wait([&] { return has_logged("the lease cannot be requested"); });
  CHECK(leader->leads());
  CHECK(leader->losses.empty());
  CHECK(before.has_value());
}

TEST_CASE_FIXTURE(lease_fixture,
                  "a process that was suspended does not hold it any more, before anything else happens") {
  const auto leader = contend(60s);
  wait([&] { return leader->leads(); });
  leader->jump = 37s;
  CHECK_FALSE(leader->lease->holds());
}

TEST_CASE_FIXTURE(lease_fixture, "a leader whose lease another one has taken hears of it") {
  const auto leader = contend(5s);
  wait([&] { return leader->leads(); });
  sql("UPDATE mqcoap_lease SET holder = 'somebody', until = clock_timestamp() + interval '1 hour'");
  wait([&] { return !leader->losses.empty(); });
  CHECK(leader->losses == std::vector<std::string>{"another gateway has the lease"});
}
