#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <string>

#include "notify_socket.hpp"

namespace mqcoap {

/// Tells the service manager how the service is (sd_notify(3)): that it is ready, in words what it does, and,
/// where it is watched ($WATCHDOG_USEC), that its event loop turns. Without $NOTIFY_SOCKET nothing happens.
/// What the manager does not take at once is kept, in its order, and sent when it does.
/// @par Threads  Everything on the event loop. Its timers feed the watchdog, so that a stuck loop does not.
class notifier {
 public:
  /// @param status  the words of STATUS=, on one line; asked for again and again, sent when they have changed
  /// @param refresh_every  the time between two questions
  notifier(const boost::asio::any_io_executor& loop, std::function<std::string()> status,
           std::chrono::milliseconds refresh_every = std::chrono::seconds(3));

  /// The service is up, or a reload has ended, well or not.
  void ready();
  /// A reload begins. `ready` must follow.
  void reloading();
  /// The service goes. The watchdog is fed until the loop ends.
  void stopping();

 private:
  void refresh_again();
  void feed_again();
  void tell(std::string state);
  bool send(const std::string& state);
  void send_kept();
  std::string changed_status();

  const std::function<std::string()> status_;
  const std::chrono::milliseconds refresh_every_;
  const notify_socket manager_;
  std::chrono::microseconds feed_every_{0};  ///< 0: no watchdog
  boost::asio::steady_timer refresh_;
  boost::asio::steady_timer feed_;
  boost::asio::steady_timer retry_;
  std::deque<std::string> kept_;  ///< for a manager that does not read at the moment
  std::string last_status_;
  bool started_ = false;
  bool failure_logged_ = false;
};

}  // namespace mqcoap
