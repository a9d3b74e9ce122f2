#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/config/settings.hpp>
#include <mqcoap/gateway/gateway_host.hpp>
#include <mqcoap/resource/backend/backend_services.hpp>
#include <mqcoap/store/configured_store.hpp>
#include <mqcoap/transport/asio_alarm.hpp>
#include <mqcoap/transport/mosquitto_link.hpp>
#include <optional>
#include <string_view>

#include "options/fault_options.hpp"
#include "session/faulty_link.hpp"
#include "session/tapped_link.hpp"

namespace mqcoap::cli {

/// The callbacks of a responder_host, called on its event loop. Each may be empty.
struct host_hooks {
  std::function<void()> ready;  ///< called once, when requests can arrive
  std::function<void(std::string_view topic, std::string_view payload)>
      message;  ///< called for messages in both directions
  bool keeps_state =
      false;  ///< resources with `persist` are stored if the configuration names a directory or a database
};

/// A gateway in the foreground, which answers requests until the user stops it.
class responder_host {
 public:
  /// @throws failure  if state cannot be stored
  /// @param faults  the simulated faults of its devices; empty: none
  responder_host(config::settings what, std::optional<fault_options> faults, host_hooks hooks);

  /// Runs until SIGINT or SIGTERM, then completes the requests in flight, for at most 2 s; a second signal
  /// stops it immediately.
  /// @throws failure  if the broker cannot be reached at the start, or denies the subscriptions
  /// @throws interrupted  after the second signal
  void run();

  const counters& counted() const noexcept { return host_->running().counted(); }
  /// Returns null if there are no simulated faults.
  const faulty_link* faults() const noexcept { return faulty_; }

 private:
  host_environment environment();
  std::unique_ptr<link> connect(link_options broker);
  void open_store(const store::state_options& state);
  void await_signal();
  void fail(std::exception_ptr what) noexcept;
  void on_down(const outage_cause& why);
  void on_ready();

  const host_hooks hooks_;
  const link_options broker_;  ///< the broker that is served
  boost::asio::io_context loop_{1};
  const system_clock time_;
  asio_alarm alarm_;
  asio_alarm fault_alarm_;
  backend_services backends_{loop_.get_executor()};
  std::unique_ptr<store::configured_store> store_;  ///< null: state is in memory only
  boost::asio::signal_set signals_;
  const std::optional<fault_options> fault_options_;
  const decode_rules decoding_;
  std::unique_ptr<mosquitto_link> served_;  ///< the connection to the broker that is served
  std::unique_ptr<tapped_link> tapped_;     ///< wraps served_; null without faults
  faulty_link* faulty_ = nullptr;           ///< wraps tapped_; null without faults; owned by the host
  std::unique_ptr<gateway_host> host_;
  bool was_ready_ = false;
  std::exception_ptr failure_;
};

}  // namespace mqcoap::cli
