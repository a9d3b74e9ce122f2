#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/presence_announcer.hpp>
#include <mqcoap/gateway/presence_status.hpp>
#include <mqcoap/transport/link.hpp>
#include <mqcoap/transport/link_options.hpp>
#include <set>
#include <string>
#include <vector>

namespace mqcoap {

/// Announces the presence of the gateway's devices by retained messages (docs/protocol.md, "Discovery"). A
/// connection has only one last will, so each device has a separate connection, whose will sets it OFFLINE.
/// The connections are opened while the gateway's own connection serves, a few at a time.
/// @par Threads  All functions on the event loop.
class presence_board final : private presence_announcer::host {
 public:
  /// Creates a connection; the board starts it.
  using link_maker = std::function<std::unique_ptr<link>(link_options)>;

  /// @param wake  its owner calls `on_alarm`
  /// @param log  receives messages about rejected connections, and about other programs that announce the
  ///   same devices
  presence_board(const clock& time, alarm& wake, link_maker make, log_sink log);
  ~presence_board();
  presence_board(const presence_board&) = delete;
  presence_board& operator=(const presence_board&) = delete;

  /// Announces the devices with presence on this broker from now on. A new one publishes nothing before
  /// `set_online`. A removed one publishes OFFLINE, and its retained message is removed. Must not be called
  /// inside a callback of a link.
  void follow(const namespace_name& ns, const std::vector<device_options>& devices,
              const link_options& broker);

  /// Sets whether the gateway serves the devices: true makes them ONLINE, false OFFLINE.
  void set_online(bool online);

  /// Publishes OFFLINE, unless another gateway continues to serve, and closes all connections within this
  /// time. Calls `done` once, never inside this call unless there is no connection.
  void stop(std::chrono::milliseconds grace, std::function<void()> done, bool goes_on = false);

  /// Must be called when the time of the alarm has come.
  void on_alarm();

  std::size_t size() const noexcept { return announcers_.size(); }
  presence_status status() const;

 private:
  using announcer_map = std::map<std::string, std::unique_ptr<presence_announcer>>;  ///< by topic

  std::unique_ptr<link> make_link(link_options options) override { return make_(std::move(options)); }
  void on_change(presence_announcer& which) noexcept override;

  void end(std::unique_ptr<presence_announcer> one, presence_announcer::farewell how,
           std::chrono::milliseconds grace);
  bool is_leaving(const std::string& topic) const noexcept;
  void note_failure(const presence_announcer& which);
  void note_rival(const presence_announcer& which);
  /// Connects announcers that are due, and sets the alarm for the others.
  void advance();
  void connect_due();

  const clock& time_;
  alarm& wake_;
  const link_maker make_;
  const log_sink log_;
  link_options broker_;
  announcer_map announcers_;
  std::list<std::unique_ptr<presence_announcer>> leaving_;  ///< publishing their last message
  std::set<std::string> failures_reported_;                 ///< logged causes
  std::set<std::string> rivals_;                            ///< tags that another program announces as well
  steady_time alarm_at_ = steady_time::max();
  bool advancing_ = false;
  std::function<void()> stopped_;
};

}  // namespace mqcoap
