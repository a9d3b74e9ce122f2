#include <memory>
#include <utility>

#include "presence_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

/// A connection that the broker refuses.
class refused_link final : public link {
 public:
  explicit refused_link(std::function<void(std::function<void()>)> post) : post_(std::move(post)) {}

  const std::string& name() const noexcept override { return name_; }
  const std::string& client_id() const noexcept override { return name_; }
  void start(link_events& owner) override { owner_ = &owner; }
  bool up() const noexcept override { return false; }
  void subscribe(std::string, subscribed_handler) override {}
  void unsubscribe(std::string_view) override {}
  error_code publish(std::string_view, std::string_view, steady_time, publish_options,
                     written_handler) override {
    return errc::not_connected;
  }
  link_stats stats() const noexcept override { return {}; }
  void stop(std::chrono::milliseconds, stopped_handler done) override { post_(std::move(done)); }

  void refuse(std::string_view why) {
    owner_->on_link_down(*this, connection_fault::of_message(std::string(why)));
  }

 private:
  const std::string name_ = "refused";
  const std::function<void(std::function<void()>)> post_;
  link_events* owner_ = nullptr;
};

struct refusing_fixture {
  manual_clock time;
  hand_alarm wake;
  std::vector<std::string> warnings;
  std::vector<refused_link*> made;
  std::vector<std::function<void()>> posted;
  presence_board board{time, wake,
                       [this](const link_options&) {
                         auto l = std::make_unique<refused_link>(
                             [this](std::function<void()> done) { posted.push_back(std::move(done)); });
                         made.push_back(l.get());
                         return l;
                       },
                       [this](log_level level, std::string_view message) {
                         if (level == log_level::warning) warnings.emplace_back(message);
                       }};

  void run() {
    while (!posted.empty()) {
      auto due = std::exchange(posted, {});
      for (auto& each : due) each();
    }
  }
  void refuse_all(std::string_view why) {
    for (auto* each : std::exchange(made, {})) each->refuse(why);
    run();
  }
};

}  // namespace

TEST_CASE_FIXTURE(refusing_fixture, "a refused connection is logged once, with the reason") {
  board.follow(default_namespace(), {device("GW_1"), device("GW_2")}, {});
  board.set_online(true);
  REQUIRE(made.size() == 2);
  refuse_all("refused by the broker: Retain not supported");
  CHECK(warnings.size() == 1);
  CHECK(warnings.front().find("Retain not supported") != std::string::npos);
  for (int i = 0; i < 10; ++i) {
    time.advance(30s);
    board.on_alarm();
    CHECK(made.size() == 2);
    refuse_all("refused by the broker: Retain not supported");
  }
  CHECK(warnings.size() == 1);

  const auto status = board.status();
  CHECK(status.devices == 2);
  CHECK(status.announced == 0);
  REQUIRE(status.failing.size() == 2);
  CHECK(status.failing[0].tag == "GW_1");
  CHECK(status.failing[0].why == "refused by the broker: Retain not supported");

  SUBCASE("another reason is reported as well") {
    time.advance(30s);
    board.on_alarm();
    refuse_all("refused by the broker: QoS not supported");
    CHECK(warnings.size() == 2);
  }
  SUBCASE("and again after an outage of the gateway's own connection") {
    board.set_online(false);
    run();
    board.set_online(true);
    refuse_all("refused by the broker: Retain not supported");
    CHECK(warnings.size() == 2);
  }
}

TEST_CASE_FIXTURE(presence_fixture, "a broker that takes the message and does not bring it back") {
  lab.username = "gateway";
  SUBCASE("because it denies publishing") { broker.deny_publishing("gf_int_v1/gateway/system/GW_1/"); }
  SUBCASE("because it denies the subscription") { broker.deny("gf_int_v1/gateway/system/GW_1/"); }
  follow({device("GW_1"), device("GW_2")});
  set_online(true);
  CHECK(board.status().announced == 1);
  advance(5s);
  REQUIRE(ours.warnings.size() == 1);
  CHECK(ours.warnings.front().find("GW_1") != std::string::npos);
  REQUIRE(board.status().failing.size() == 1);
  CHECK(board.status().failing.front().tag == "GW_1");
  for (int i = 0; i < 100; ++i) advance(1s);
  CHECK(ours.warnings.size() == 1);
}
