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
/// is set ($WATCHDOG_USEC), that its event loop runs. Without $NOTIFY_SOCKET it does nothing. Messages that
/// the manager does not accept at once are kept in order, and sent later.
/// @par Threads  Everything on the event loop. Its timers feed the watchdog, so that a stuck loop does not.
class notifier {
 public:
  /// @param status  returns the text of STATUS= on one line; called regularly, and sent when it has changed
  /// @param refresh_every  the interval between two calls
  notifier(const boost::asio::any_io_executor& loop, std::function<std::string()> status,
           std::chrono::milliseconds refresh_every = std::chrono::seconds(3));

  /// Reports that the service is up, or that a reload has ended, successfully or not.
  void ready();
  /// Reports that a reload begins. `ready` must follow.
  void reloading();
  /// Reports that the service stops. The watchdog is fed until the loop ends.
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
  std::deque<std::string> kept_;  ///< messages for a manager that does not read at the moment
  std::string last_status_;
  bool started_ = false;
  bool failure_logged_ = false;
};

}  // namespace mqcoap
