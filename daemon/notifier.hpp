#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <string>

#include "notify_socket.hpp"

namespace mqcoap {

/// Reports to the service manager (sd_notify(3)) that the service is ready, a status text, and, if a watchdog
/// is set ($WATCHDOG_USEC), that its event loop is running. Does nothing without $NOTIFY_SOCKET. Messages
/// that the manager does not accept at once are queued in order and sent later.
/// @par Threads  All functions on the event loop. Its timers feed the watchdog, so a stuck loop does not
///   feed it.
class notifier {
 public:
  /// @param status  returns the text of STATUS= on one line; called regularly, and sent when it has changed
  /// @param refresh_every  the interval between two calls
  notifier(const boost::asio::any_io_executor& loop, std::function<std::string()> status,
           std::chrono::milliseconds refresh_every = std::chrono::seconds(3));

  /// Reports that the service is up, or that a reload has ended, successfully or not.
  void ready();
  /// Reports that a reload begins. Must be followed by `ready`.
  void reloading();
  /// Reports that the service is stopping. The watchdog is fed until the loop ends.
  void stopping();

 private:
  void refresh_again();
  void feed_again();
  void notify(std::string state);
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
  std::deque<std::string> kept_;  ///< messages for a manager that is not reading at the moment
  std::string last_status_;
  bool started_ = false;
  bool failure_logged_ = false;
};

}  // namespace mqcoap
