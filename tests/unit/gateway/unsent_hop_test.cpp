#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway_fixture.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

/// A link that stores what is published to devices, like one with a long queue; the test reports the outcome.
struct full_link final : mqcoap::link, private link_events {
  memory_link under;
  link_events* owner = nullptr;
  std::vector<written_handler> queued;

  explicit full_link(memory_broker& broker) : under(broker, "lab") {}
  const std::string& name() const noexcept override { return under.name(); }
  const std::string& client_id() const noexcept override { return under.client_id(); }
  void start(link_events& by) override {
    owner = &by;
    under.start(*this);
  }
  bool up() const noexcept override { return under.up(); }
  void subscribe(std::string filter, subscribed_handler done) override {
    under.subscribe(std::move(filter), std::move(done));
  }
  void unsubscribe(std::string_view filter) override { under.unsubscribe(filter); }
  error_code publish(std::string_view topic, std::string_view payload, steady_time deadline,
                     publish_options options, written_handler done) override {
    if (topic.find("/request/") == std::string_view::npos)
      return under.publish(topic, payload, deadline, options, std::move(done));
    queued.push_back(std::move(done));
    return {};
  }
  link_stats stats() const noexcept override { return under.stats(); }
  void stop(std::chrono::milliseconds grace, stopped_handler done) override {
    under.stop(grace, std::move(done));
  }

 private:
  void on_link_up(mqcoap::link&) noexcept override { owner->on_link_up(*this); }
  void on_link_down(mqcoap::link&, const outage_cause& why) noexcept override {
    owner->on_link_down(*this, why);
  }
  void on_message(mqcoap::link&, const inbound& m) noexcept override { owner->on_message(*this, m); }
};

}  // namespace

TEST_CASE("a large request that the link's queue dropped, or the broker denied, causes a 503 immediately") {
  manual_clock time;
  test::hand_alarm wake;
  memory_broker broker;
  full_link lab(broker);
  test::desk caller(broker);
  gateway tested{test::two_devices(), {&lab}, time, wake};
  tested.start();
  broker.run();
  caller.send({.verb = "PUT",
               .path = "D_1/axuv/gains",
               .subsystem = "proxy",
               .body = '"' + std::string(6000, 'x') + '"'});
  broker.run();
  REQUIRE(lab.queued.size() == 1);
  REQUIRE(lab.queued[0]);
  CHECK(tested.in_flight() == 1);
  // The connection is lost: the link reports that as well, and unreported messages have an unknown outcome.
  lab.queued[0](errc::not_connected);
  CHECK(tested.in_flight() == 1);
  SUBCASE("for its deadline") { lab.queued[0](errc::timed_out); }
  SUBCASE("for what it allows") { lab.queued[0](errc::denied); }
  broker.run();
  REQUIRE(caller.answers.size() == 1);
  CHECK(caller.answers[0].find("\"response_code\":503") != std::string::npos);
  CHECK(caller.answers[0].find("the request could not be sent to D_1 on broker lab: ") != std::string::npos);
  CHECK(tested.in_flight() == 0);
  CHECK(tested.whole_load().in_flight == 0);
  CHECK(tested.run_once_usage().entries == 0);
}
