#include <mqcoap/client/mosquitto_environment.hpp>

#include <boost/asio/steady_timer.hpp>
#include <mqcoap/transport/mosquitto_link.hpp>
#include <utility>

namespace mqcoap {
namespace {

/// An alarm that may fire once more for a time that was replaced.
class timer_alarm final : public alarm {
 public:
  timer_alarm(const client_environment::executor& serial, std::function<void()> ring)
      : timer_(serial), ring_(std::make_shared<std::function<void()>>(std::move(ring))) {}

  void wake_at(steady_time when) override {
    if (when == steady_time::max()) {
      timer_.cancel();
      return;
    }
    timer_.expires_at(when);
    timer_.async_wait([ring = std::weak_ptr(ring_)](boost::system::error_code error) {
      if (error) return;
      if (const auto still = ring.lock()) (*still)();
    });
  }

 private:
  boost::asio::steady_timer timer_;
  const std::shared_ptr<std::function<void()>> ring_;
};

class environment final : public client_environment {
 public:
  std::unique_ptr<link> make_link(const executor& serial, const link_options& options) override {
    return std::make_unique<mosquitto_link>(serial, time_, options);
  }
  const clock& time() const noexcept override { return time_; }
  std::unique_ptr<alarm> make_alarm(const executor& serial, std::function<void()> ring) override {
    return make_timer_alarm(serial, std::move(ring));
  }

 private:
  const system_clock time_{};
};

}  // namespace

std::unique_ptr<alarm> make_timer_alarm(const client_environment::executor& serial,
                                        std::function<void()> ring) {
  return std::make_unique<timer_alarm>(serial, std::move(ring));
}

std::shared_ptr<client_environment> mosquitto_environment() {
  static const auto one = std::make_shared<environment>();
  return one;
}

}  // namespace mqcoap
