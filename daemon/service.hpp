#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/config/settings.hpp>
#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/gateway/gateway_host.hpp>
#include <mqcoap/observe/http_server.hpp>
#include <mqcoap/observe/observer.hpp>
#include <mqcoap/resource/backend/backend_services.hpp>
#include <mqcoap/store/configured_store.hpp>
#include <mqcoap/store/postgres/leader_lease.hpp>
#include <mqcoap/transport/asio_alarm.hpp>
#include <optional>
#include <string>
#include <vector>

#include "log_output.hpp"
#include "notifier.hpp"
#include "reloader.hpp"
#include "status_text.hpp"

namespace mqcoap {

/// The running gateway: one event loop for the links, the timers and the signals.
class service {
 public:
  /// @param file  the file of the configuration, for reloads
  /// @param log  must outlive the service; follows the logging options of later configurations
  /// @par Errors  Throws `store::storage_fault` if the store cannot be opened.
  service(config::settings configuration, std::string file, log_output& log);

  /// Runs until SIGTERM or SIGINT, then answers the requests in flight and returns within 5 s; after a second
  /// signal it returns at once. SIGHUP reloads the configuration. Returns false if the gateway has lost the
  /// lease under which it served.
  bool run();
  /// Waits for a thread that uses this service, which must not be destroyed before. Returns false if the
  /// thread is stuck.
  bool wait_for_threads() const;
  /// Returns true while there may be a thread that uses only the program's static data.
  bool leaves_thread() const noexcept { return reloader_.is_on_thread(); }

 private:
  void prepare_lease(const config::settings& configuration);
  void on_leading();
  void on_lease_lost(const std::string& why);
  void on_drained(std::function<void(bool goes_on)> stop_links);
  void await_signal();
  void on_signal(int number);
  reloader::environment reload_environment(std::string file);
  void reload();
  void prepare(const config::settings& next);
  void put_in_force(config::settings next, log_output::prepared log);
  std::unique_ptr<link> connect(link_options broker);
  host_environment environment();
  gateway_hooks make_hooks();
  gateway_options with_state(config::settings& configuration);
  void listen(const std::optional<observe::http_options>& where);
  void note_reload(std::string failure);
  void begin_stop();
  std::string in_force() const;
  void log_summary() const;

  log_output& log_;
  boost::asio::io_context loop_{1};
  const system_clock time_;
  asio_alarm alarm_;
  boost::asio::signal_set signals_;
  backend_services backends_;
  store::configured_store store_;
  std::unique_ptr<store::leader_lease> lease_;  ///< null: this gateway always serves
  bool lease_lost_ = false;
  observe::observer observer_;
  gateway_host host_;
  observe::http_server http_;
  std::optional<observe::http_options> listen_;
  std::unique_ptr<status_text> status_;
  notifier notifier_;
  std::vector<subscription> reload_subscriptions_;
  reloader reloader_;
};

}  // namespace mqcoap
