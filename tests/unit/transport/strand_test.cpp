#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <memory>
#include <mqcoap/transport/mosquitto_link.hpp>
#include <support/private_broker.hpp>

#include "mosquitto_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

using strand = boost::asio::strand<boost::asio::thread_pool::executor_type>;

/// Records whether an event is reported outside of the strand.
struct watcher final : link_events {
  explicit watcher(strand s) : own(std::move(s)) {}

  strand own;
  std::atomic<bool> strayed{false};
  std::promise<void> up;
  std::promise<void> down;
  std::promise<void> all;
  int messages = 0;

  void look() { strayed = strayed || !own.running_in_this_thread(); }
  void on_link_up(mqcoap::link&) noexcept override {
    look();
    up.set_value();
  }
  void on_link_down(mqcoap::link&, const outage_cause&) noexcept override {
    look();
    down.set_value();
  }
  void on_message(mqcoap::link&, const inbound&) noexcept override {
    look();
    if (++messages == 1000) all.set_value();
  }
};

bool comes(std::promise<void>& p) { return p.get_future().wait_for(30s) == std::future_status::ready; }

}  // namespace

TEST_CASE("a link on a strand of a thread pool does everything on that strand") {
  private_broker broker;
  const system_clock time;
  boost::asio::thread_pool pool(2);
  const auto own = boost::asio::make_strand(pool);
  const auto on_strand = [&](auto what) { boost::asio::post(own, boost::asio::use_future(what)).get(); };
  watcher reported(own);
  std::atomic<int> written{0};
  std::promise<void> subscribed;
  std::unique_ptr<mosquitto_link> l;
  on_strand([&] {
    auto options = options_for(broker.port());
    options.host = "localhost";  // so that a lookup completes on the strand too
    options.qos = 1;
    l = std::make_unique<mosquitto_link>(own, time, options);
    l->start(reported);
    l->subscribe("t", [&](error_code) {
      reported.look();
      subscribed.set_value();
    });
  });
  REQUIRE(comes(reported.up));
  REQUIRE(comes(subscribed));
  on_strand([&] {
    for (int i = 0; i < 1000; ++i)
      l->publish("t", "x", never, {}, [&](error_code e) {
        reported.look();
        if (!e) ++written;
      });
  });
  REQUIRE(comes(reported.all));
  broker.kill();
  REQUIRE(comes(reported.down));
  on_strand([&] { l.reset(); });
  pool.stop();
  pool.join();
  CHECK(written > 0);
  CHECK_FALSE(reported.strayed);
}
