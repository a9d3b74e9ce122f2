#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/transport/mosquitto_link.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap::cli {

/// The callbacks of a bus_session, called on its event loop. An exception from one of them ends the session.
struct bus_hooks {
  std::function<void()> ready;  ///< called once, when the broker has confirmed every subscription
  std::function<void(const inbound&)> message;
};

/// A connection for a verb that watches or sends raw messages. It has its own event loop, which runs until
/// the verb or the user stops it. If the connection is lost later, it reports that on stderr and waits until
/// it is connected again.
class bus_session final : private link_events {
 public:
  /// @param connect_timeout  limit for the first connection, until every subscription is confirmed; at least
  /// 5 s
  bus_session(link_options broker, std::vector<std::string> filters,
              std::chrono::milliseconds connect_timeout, bus_hooks hooks);

  /// Runs until `finish` or a signal. @return true if finished; false after SIGINT or SIGTERM, see `signal`
  /// @throws failure  if the broker cannot be reached at the start, or denies a subscription; exceptions
  /// from a callback
  bool run();
  /// Returns the signal that ended `run`.
  int signal() const noexcept { return signal_; }

  /// Sends what is queued, disconnects and makes `run` return.
  void finish();
  /// Calls `finish` after this time.
  void finish_after(std::chrono::milliseconds duration);

  boost::asio::io_context& loop() noexcept { return loop_; }
  link& bus() noexcept { return link_; }
  const clock& time() const noexcept { return time_; }

  /// Calls a function of the verb; an exception from it ends the session.
  template <class F>
  void guarded(F&& call) noexcept {
    try {
      call();
    } catch (...) {
      fail(std::current_exception());
    }
  }

 private:
  void on_link_up(link& l) noexcept override;
  void on_link_down(link& l, const outage_cause& why) noexcept override;
  void on_message(link& l, const inbound& m) noexcept override;
  void await_signal();
  void subscribe(const std::string& filter);
  void fail(std::exception_ptr what) noexcept;

  const link_options broker_;
  const std::vector<std::string> filters_;
  const bus_hooks hooks_;
  const system_clock time_;
  boost::asio::io_context loop_{1};
  boost::asio::signal_set signals_;
  const std::chrono::milliseconds connect_timeout_;
  boost::asio::steady_timer end_;  ///< limits first the connection phase, then the whole session
  mosquitto_link link_;
  std::size_t unconfirmed_ = 0;
  bool was_up_ = false;
  bool down_ = false;
  bool finishing_ = false;
  int signal_ = 0;
  std::exception_ptr failure_;
};

}  // namespace mqcoap::cli
