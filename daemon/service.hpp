#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/config/settings.hpp>
#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/observe/http_server.hpp>
#include <mqcoap/observe/observer.hpp>
#include <mqcoap/transport/asio_alarm.hpp>
#include <mqcoap/transport/mosquitto_link.hpp>
#include <optional>
#include <vector>

#include "log_output.hpp"
#include "notifier.hpp"
#include "status_words.hpp"

namespace mqcoap {

/// The running gateway: one event loop that owns the links, the timer and the signals.
class service {
 public:
  /// @param log  outlives the service
  service(settings configuration, log_output& log);

  /// Runs until SIGTERM, SIGINT or SIGHUP, then answers what is in flight and goes within 5 s; a second
  /// signal ends it at once.
  void run();

 private:
  void await_signal();
  void begin_stop();
  void stop_links();
  void log_summary() const;

  boost::asio::io_context loop_{1};
  const system_clock time_;
  asio_alarm alarm_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer grace_;
  std::vector<std::unique_ptr<mosquitto_link>> links_;
  observer observer_;
  std::unique_ptr<gateway> gateway_;
  http_server http_;
  const std::optional<http_options> listen_;
  std::unique_ptr<status_words> status_;
  notifier notifier_;
  std::size_t links_running_ = 0;
  bool stopping_ = false;
  bool links_stopping_ = false;
};

}  // namespace mqcoap
