#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/config/settings.hpp>
#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/gateway/presence_board.hpp>
#include <mqcoap/transport/asio_alarm.hpp>
#include <mqcoap/transport/mosquitto_link.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "fault_options.hpp"
#include "faulty_link.hpp"
#include "tapped_link.hpp"

namespace mqcoap::cli {

/// What a responder_host tells, on its event loop. Each may be empty.
struct host_hooks {
  std::function<void()> ready;  ///< once: requests come from now on
  std::function<void(std::string_view topic, std::string_view payload)> message;  ///< in either direction
};

/// A gateway in the foreground: answers until somebody at the keyboard ends it.
class responder_host {
 public:
  /// @param faults  what its devices do wrong; none: nothing
  responder_host(settings what, std::optional<fault_options> faults, host_hooks hooks);

  /// Runs until SIGINT or SIGTERM, then answers what is in flight, for at most 2 s; a second signal ends it
  /// at once. @throws failure  the broker cannot be reached at first, or refuses the subscriptions;
  /// interrupted: by
  ///   the second signal
  void run();

  const counters& counted() const noexcept { return gateway_->counted(); }
  /// Null: without faults.
  const faulty_link* faults() const noexcept { return faulty_.get(); }

 private:
  void await_signal();
  void begin_stop();
  void stop_links();
  void fail(std::exception_ptr what) noexcept;
  void on_down(const outage_cause& why);
  void on_ready();

  const host_hooks hooks_;
  const link_options broker_;  ///< the one that is served
  boost::asio::io_context loop_{1};
  const system_clock time_;
  asio_alarm gateway_alarm_;
  asio_alarm fault_alarm_;
  asio_alarm presence_alarm_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer grace_;
  std::vector<std::unique_ptr<mosquitto_link>> links_;
  std::unique_ptr<tapped_link> tapped_;
  std::unique_ptr<faulty_link> faulty_;
  std::unique_ptr<gateway> gateway_;
  presence_board presence_;
  std::size_t links_running_ = 0;
  bool was_ready_ = false;
  bool stopping_ = false;
  bool links_stopping_ = false;
  std::exception_ptr failure_;
};

}  // namespace mqcoap::cli
