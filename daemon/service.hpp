#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/config/settings.hpp>
#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/gateway/presence_board.hpp>
#include <mqcoap/observe/http_server.hpp>
#include <mqcoap/observe/observer.hpp>
#include <mqcoap/settings/diagnostic.hpp>
#include <mqcoap/transport/asio_alarm.hpp>
#include <mqcoap/transport/mosquitto_link.hpp>
#include <optional>
#include <string>
#include <vector>

#include "log_output.hpp"
#include "notifier.hpp"
#include "status_words.hpp"

namespace mqcoap {

/// Logs each, at its level.
void log_all(const std::vector<diagnostic>& diagnostics);

/// The running gateway: one event loop that owns the links, the timer and the signals.
class service {
 public:
  /// @param file  where the configuration came from, and is read from again
  /// @param log  outlives the service; follows what a later configuration says of logging
  service(settings configuration, std::string file, log_output& log);

  /// Runs until SIGTERM or SIGINT, then answers what is in flight and goes within 5 s; a second one ends it
  /// at once. SIGHUP reads the configuration again.
  void run();

 private:
  struct connection {
    link_options options;
    std::unique_ptr<mosquitto_link> via;
    bool started = false;
  };

  void await_signal();
  void on_signal(int number);
  void reload();
  void put_in_force(settings next);
  connection connect_to(link_options broker);
  std::vector<connection> connect_to_all(std::vector<link_options> brokers);
  static std::vector<link*> links_of(const std::vector<connection>& all);
  void start_connections();
  void listen(const std::optional<http_options>& where);
  void note_reload(bool ok, std::string words);
  void retire(link& left);
  void on_ready();
  void begin_stop();
  void stop_links();
  std::string in_force() const;
  void log_summary() const;

  const std::string file_;
  log_output& log_;
  boost::asio::io_context loop_{1};
  const system_clock time_;
  asio_alarm alarm_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer grace_;
  std::vector<connection> connections_;  ///< the first is the default broker's
  std::vector<connection> leaving_;      ///< of brokers that a reload changed or removed
  observer observer_;
  asio_alarm presence_alarm_;
  presence_board presence_;
  std::unique_ptr<gateway> gateway_;  ///< goes before those whom it tells of its end
  http_server http_;
  std::optional<http_options> listen_;
  std::unique_ptr<status_words> status_;
  notifier notifier_;
  std::size_t links_running_ = 0;
  bool stopping_ = false;
  bool links_stopping_ = false;
};

}  // namespace mqcoap
