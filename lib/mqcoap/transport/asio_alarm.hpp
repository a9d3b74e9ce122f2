#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <mqcoap/base/clock.hpp>
#include <utility>

namespace mqcoap {

/// An alarm on the event loop.
class asio_alarm final : public alarm {
 public:
  explicit asio_alarm(boost::asio::io_context& loop) : timer_(loop) {}
  /// Sets the callback; call this before the first `wake_at`.
  void on_ring(std::function<void()> ring) { ring_ = std::move(ring); }
  void wake_at(steady_time when) override {
    if (when == steady_time::max()) {
      timer_.cancel();
      return;
    }
    timer_.expires_at(when);
    timer_.async_wait([this](boost::system::error_code ec) {
      if (!ec) ring_();
    });
  }

 private:
  boost::asio::steady_timer timer_;
  std::function<void()> ring_;
};

}  // namespace mqcoap
