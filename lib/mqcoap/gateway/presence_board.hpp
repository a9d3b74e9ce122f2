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

/// Announces the gateway's devices, retained: whether they are there (docs/protocol.md, "Discovery"). One
/// connection has one last will: each device has a connection of its own, whose will says OFFLINE. They are
/// made when the gateway's own connection serves, a few at a time, and wait while it does not.
/// @par Threads  Everything on the event loop.
class presence_board final : private presence_announcer::host {
 public:
  /// Makes a connection; it is started here.
  using link_maker = std::function<std::unique_ptr<link>(link_options)>;

  /// @param wake  its owner calls `on_alarm`
  /// @param log  hears of connections that are refused, and of others who announce the same
  presence_board(const clock& time, alarm& wake, link_maker make, log_sink log);
  ~presence_board();
  presence_board(const presence_board&) = delete;
  presence_board& operator=(const presence_board&) = delete;

  /// Announces those of the devices that want it, on this broker, from now on. A new one says nothing before
  /// `set_online`. One that is not among them any more says OFFLINE, and what the broker keeps of it is
  /// removed. Not inside a callback of a link.
  void follow(const namespace_name& ns, const std::vector<device_options>& devices,
              const link_options& broker);

  /// True: the gateway serves the devices, which are announced from now on. False: it does not, and they say
  /// OFFLINE.
  void set_online(bool online);

  /// Says OFFLINE and ends all connections; what is still to be sent has this long. Calls `done` once, never
  /// inside this call unless there is no connection.
  void stop(std::chrono::milliseconds grace, std::function<void()> done);

  /// To be called when the time that the alarm was set to has come.
  void on_alarm();

  std::size_t size() const noexcept { return told_.size(); }
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
  /// Connects those whose turn it is, and sets the alarm for the others.
  void advance();

  const clock& time_;
  alarm& wake_;
  const link_maker make_;
  const log_sink log_;
  link_options broker_;
  announcer_map told_;
  std::list<std::unique_ptr<presence_announcer>> leaving_;  ///< saying goodbye
  std::set<std::string> failures_told_;                     ///< causes
  std::set<std::string> rivals_;                            ///< tags that somebody else announces, too
  steady_time alarm_at_ = steady_time::max();
  bool advancing_ = false;
  std::function<void()> stopped_;
};

}  // namespace mqcoap
