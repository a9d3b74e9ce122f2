#include <mqcoap/testing/broker.hpp>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <utility>
#include <vector>

namespace mqcoap::testing {
namespace {

/// An alarm that fires when the clock is moved to its time.
struct bell {
  client_environment::executor serial;
  std::function<void()> ring;
  steady_time when = steady_time::max();
};

/// A clock that is moved to points in time.
class hand_clock final : public clock {
 public:
  steady_time now() const override { return now_; }
  unix_millis wall() const override {
    return {1'745'534'869'619 +
            std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()).count()};
  }
  void move_to(steady_time now) { now_ = now; }

 private:
  steady_time now_{};
};

}  // namespace

/// The part of a broker that its clients share and keep alive.
class broker::world final : public client_environment, public std::enable_shared_from_this<world> {
 public:
  explicit world(boost::asio::io_context& on) : loop(on) {}

  std::unique_ptr<link> make_link(const executor& /*serial*/, const link_options& options) override {
    return std::make_unique<memory_link>(memory, options.client_id, options.will, shared_from_this());
  }
  const clock& time() const noexcept override { return hands; }
  std::unique_ptr<alarm> make_alarm(const executor& serial, std::function<void()> ring) override;

  /// Runs the broker in the next iteration of the loop.
  void request_run() {
    if (std::exchange(run_requested_, true)) return;
    boost::asio::post(loop, [self = shared_from_this()] {
      self->run_requested_ = false;
      self->memory.run();
    });
  }
  /// Posts a call, because the caller may be a handler of a client.
  void later(std::function<void(mqcoap::memory_broker&)> what) {
    boost::asio::post(loop, [self = shared_from_this(), what = std::move(what)] { what(self->memory); });
  }
  void settle() {
    do loop.restart();
    while (loop.poll() > 0);
  }
  /// Fires the alarms whose time has come.
  void ring_due() {
    for (const auto& b : bells()) {
      if (b->when > hands.now()) continue;
      b->when = steady_time::max();
      boost::asio::post(b->serial, [weak = std::weak_ptr(b)] {
        if (const auto still = weak.lock()) still->ring();
      });
    }
  }
  steady_time next_due() {
    auto next = steady_time::max();
    for (const auto& b : bells()) next = std::min(next, b->when);
    return next;
  }

  boost::asio::io_context& loop;
  mqcoap::memory_broker memory;
  hand_clock hands;

 private:
  std::vector<std::shared_ptr<bell>> bells() {
    std::vector<std::shared_ptr<bell>> found;
    std::erase_if(bells_, [&](const auto& weak) {
      auto b = weak.lock();
      if (b) found.push_back(std::move(b));
      return weak.expired();
    });
    return found;
  }

  bool run_requested_ = false;
  std::vector<std::weak_ptr<bell>> bells_;
};

std::unique_ptr<alarm> broker::world::make_alarm(const executor& serial, std::function<void()> ring) {
  class hand_alarm final : public alarm {
   public:
    hand_alarm(std::shared_ptr<bell> b, std::weak_ptr<world> in) : bell_(std::move(b)), in_(std::move(in)) {}
    void wake_at(steady_time when) override {
      bell_->when = when;
      if (const auto w = in_.lock()) w->ring_due();
    }

   private:
    const std::shared_ptr<bell> bell_;
    const std::weak_ptr<world> in_;
  };
  auto b = std::make_shared<bell>(bell{serial, std::move(ring)});
  bells_.push_back(b);
  return std::make_unique<hand_alarm>(std::move(b), weak_from_this());
}

broker::broker(boost::asio::io_context& loop) : world_(std::make_shared<world>(loop)) {
  world_->memory.on_work([w = world_.get()] { w->request_run(); });
}

broker::~broker() = default;

broker::operator std::shared_ptr<client_environment>() const { return world_; }

void broker::settle() { world_->settle(); }

void broker::advance(std::chrono::milliseconds by) {
  const auto until = world_->hands.now() + by;
  world_->settle();
  for (auto next = world_->next_due(); next <= until; next = world_->next_due()) {
    world_->hands.move_to(std::max(next, world_->hands.now()));
    world_->ring_due();
    world_->settle();
  }
  world_->hands.move_to(until);
  world_->settle();
}

const clock& broker::time() const noexcept { return world_->hands; }

void broker::go_down() {
  world_->later([](mqcoap::memory_broker& m) {
    m.go_down({.what = connect_errc::closed});
    m.refuse({.what = connect_errc::connection_refused});
  });
}
void broker::refuse(connect_errc why) {
  world_->later([why](mqcoap::memory_broker& m) { m.refuse({.what = why}); });
}
void broker::come_up() {
  world_->later([](mqcoap::memory_broker& m) { m.come_up(); });
}
void broker::drop(const std::string& client_id) {
  world_->later([client_id](mqcoap::memory_broker& m) { m.drop(client_id); });
}

void broker::deny_subscribing(std::string filter_prefix) { world_->memory.deny(std::move(filter_prefix)); }
void broker::ignore_subscribing(std::string filter_prefix) {
  world_->memory.ignore(std::move(filter_prefix));
}
void broker::deny_publishing(std::string topic_prefix) {
  world_->memory.deny_publishing(std::move(topic_prefix));
}
void broker::allow_all() {
  world_->memory.allow_all();
  world_->memory.allow_publishing();
}
void broker::limit_payload(std::size_t bytes) { world_->memory.limit_payload(bytes); }

void broker::publish(std::string topic, std::string payload, bool retain) {
  world_->memory.publish(std::move(topic), std::move(payload), retain);
}

void broker::watch(std::function<void(const published_message&)> watcher) {
  world_->memory.watch([watcher = std::move(watcher)](const memory_link& from, std::string_view topic,
                                                      std::string_view payload, const publish_options& how) {
    watcher({from.client_id(), std::string(topic), std::string(payload), how.retain});
  });
}

}  // namespace mqcoap::testing
