#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/presence_board.hpp>
#include <mqcoap/gateway/presence_status.hpp>
#include <mqcoap/gateway/reconfiguration.hpp>
#include <mqcoap/transport/link.hpp>
#include <mqcoap/transport/link_options.hpp>
#include <optional>
#include <vector>

namespace mqcoap {

/// The options of a gateway, and its brokers.
struct host_configuration {
  gateway_options gateway;
  std::vector<link_options> brokers;  ///< at least one; the first is served
};

/// A new configuration, and what it changes.
struct prepared_configuration {
  /// Contains the previous options once these are in force. May be destroyed on any thread.
  std::shared_ptr<prepared_options> gateway;
  std::vector<link_options> brokers;
};

/// What a gateway_host needs from its owner. The references must outlive the host.
struct host_environment {
  const clock& time;
  alarm& wake;  ///< its owner calls `gateway_host::on_alarm`
  presence_board::link_maker connect;
  presence_board::link_maker connect_presence;  ///< empty: no presence is announced
  log_sink log{};                               ///< for the presences, see `presence_board`
  std::chrono::milliseconds flush_grace{500};   ///< how long a stopping link may take to send its queue
  /// Called during a stop, when all requests are answered and no further ones will arrive. It must call its
  /// argument once, with true if another gateway continues to serve, so that no presence becomes OFFLINE.
  /// Empty: no other gateway does.
  std::function<void(std::function<void(bool goes_on)>)> drained{};
};

/// A gateway together with its connections and presences. Decides which connections are kept at a reload,
/// when connections start and stop, and in which order everything stops. The daemon, `mqcoap serve` and
/// `sim`, and the tests each use one, and provide it with links, an alarm and a clock.
/// @par Threads  All functions on the event loop.
class gateway_host {
 public:
  /// @param hooks  `ready`, `away` and `retired` are called in addition to the host's own handling
  gateway_host(host_configuration configuration, host_environment environment, gateway_hooks hooks);
  ~gateway_host();
  gateway_host(const gateway_host&) = delete;
  gateway_host& operator=(const gateway_host&) = delete;

  /// Starts the links. The presences start when the gateway is ready.
  void start();

  /// Applies another configuration, like `gateway::reconfigure`: a broker with equal options keeps its
  /// connection. Does nothing while stopping.
  /// @par Errors  Throws like the constructor of a gateway; then nothing has changed.
  void reconfigure(host_configuration next);

  /// @name The same in parts, between which requests are answered
  /// @{
  /// Compares a configuration with the one in force. On any thread, while none is being put in force.
  prepared_configuration prepare(host_configuration next) const;
  /// Begins to put it in force; `advance` continues. Does nothing while stopping. Precondition: no other
  /// configuration is being put in force.
  /// @par Errors  Throws like `reconfigure`; then nothing has changed.
  void begin(prepared_configuration next);
  /// Executes the next part, which is short. Returns false if nothing is left to do, including after a stop,
  /// which interrupts the change: then some devices are already those of the new configuration.
  /// @par Errors  Throws like `reconfigure`; then nothing has changed and nothing is left to do.
  bool advance();
  /// @}

  /// Accepts no new requests, answers those in flight within `grace`, and then closes presences and links.
  /// Calls `done` once, when all are closed.
  void stop(std::chrono::milliseconds grace, std::function<void()> done);
  /// Answers all pending requests at once, like `gateway::abandon`.
  void abandon() { gateway_->abandon(); }

  /// Must be called when the time of the alarm has come.
  void on_alarm();

  gateway& running() noexcept { return *gateway_; }
  const gateway& running() const noexcept { return *gateway_; }
  presence_status presences() const { return board_ ? board_->status() : presence_status{}; }
  bool stopping() const noexcept { return stopping_; }
  /// Returns true once `start` was called.
  bool started() const noexcept { return started_; }

 private:
  /// One of several alarms that share the owner's alarm.
  class part final : public alarm {
   public:
    explicit part(gateway_host& host) : host_(host) {}
    void wake_at(steady_time when) override {
      when_ = when;
      host_.set_alarm();
    }
    steady_time when() const noexcept { return when_; }
    /// Returns true, once, when its time has come.
    bool rings(steady_time now) noexcept;

   private:
    gateway_host& host_;
    steady_time when_ = steady_time::max();
  };
  struct connection {
    link_options options;
    std::unique_ptr<link> via;
    bool started = false;
  };

  /// A configuration that is being put in force.
  struct change {
    std::vector<std::size_t> places{};  ///< the index in `connections_` of each connection that stays
    std::vector<connection> made{};
    std::optional<gateway::reconfiguration> parts{};
    bool has_connections = false;  ///< the host uses them already
  };

  gateway_hooks wrap(gateway_hooks hooks);
  std::vector<link*> connect_to(const std::vector<link_options>& brokers, change& to);
  void use_connections(change& of) noexcept;
  std::vector<connection> connect_to(const std::vector<link_options>& brokers) const;
  void follow_devices();
  void set_online(bool online);
  void start_connections();
  void retire(link& left);
  void on_drained();
  void stop_links(bool goes_on);
  void set_alarm();

  const host_environment env_;
  part gateway_alarm_{*this};
  part presence_alarm_{*this};
  part drain_alarm_{*this};
  steady_time alarm_at_ = steady_time::max();
  std::vector<connection> connections_;  ///< the first is the default broker's
  std::vector<connection> leaving_;      ///< those of brokers that a reload changed or removed
  std::optional<presence_board> board_;
  std::unique_ptr<gateway> gateway_;  ///< destroyed before the objects that it calls
  std::unique_ptr<change> change_;    ///< null: none
  std::size_t still_open_ = 0;        ///< number of objects to close before `stopped_`
  bool started_ = false;
  bool stopping_ = false;
  bool links_stopping_ = false;
  std::function<void()> stopped_;
};

}  // namespace mqcoap
