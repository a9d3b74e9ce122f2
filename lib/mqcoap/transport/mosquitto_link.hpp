#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/exchange/backoff.hpp>
#include <mqcoap/net/name_lookup.hpp>
#include <mqcoap/transport/link.hpp>
#include <mqcoap/transport/link_options.hpp>

namespace mqcoap {

/// A link that uses libmosquitto, driven by the executor. It has no threads of its own, except for resolving
/// names and for reading the trusted authorities of TLS, which block nothing. Each connection has a fresh
/// library handle, so that nothing from the previous one is sent on the next. It reconnects after 0.5 to 30 s
/// with jitter, and uses no processor time in between.
/// @par Threads  Everything happens on the executor: calls must be made on it, and callbacks run on it.
class mosquitto_link final : public link {
 public:
  /// @param executor  serial: that of an io_context that one thread runs, or a strand
  /// @param waits  the backoff between attempts to connect; shorter in tests
  mosquitto_link(boost::asio::any_io_executor executor, const clock& time, link_options options,
                 name_resolver resolver = resolve_by_system, const backoff& waits = backoff());
  /// May be destroyed at any time on the executor, except inside a callback of link_events. The callback of
  /// an unfinished `stop` and pending written_handlers are dropped.
  ~mosquitto_link() override;
  mosquitto_link(const mosquitto_link&) = delete;
  mosquitto_link& operator=(const mosquitto_link&) = delete;

  const std::string& name() const noexcept override;
  const std::string& client_id() const noexcept override;
  void start(link_events& owner) override;
  bool up() const noexcept override;
  void subscribe(std::string filter, subscribed_handler done) override;
  void unsubscribe(std::string_view filter) override;
  void subscribe_to_others(std::vector<std::string> filters) override;
  error_code publish(std::string_view topic, std::string_view payload, steady_time deadline,
                     publish_options options = {}, written_handler done = {}) override;
  link_stats stats() const noexcept override;
  std::string server() const override;
  packet_limit largest_packet() const noexcept override;
  void stop(std::chrono::milliseconds grace, stopped_handler done) override;

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace mqcoap
