#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/transport/link.hpp>
#include <mqcoap/transport/link_options.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// Tells of the gateway's devices, retained, whether they are there (docs/protocol.md, section 9). One
/// connection has one last will: each device has a connection of its own, whose will says OFFLINE.
/// @par Threads  Everything on the event loop.
class presence_board {
 public:
  /// Makes a connection; it is started here.
  using link_maker = std::function<std::unique_ptr<link>(link_options)>;

  presence_board(const clock& time, link_maker make);
  ~presence_board();
  presence_board(const presence_board&) = delete;
  presence_board& operator=(const presence_board&) = delete;

  /// Tells of those of the devices that want it, on this broker, from now on. One that is new says nothing
  /// before `set_online`; one that is not among them any more says OFFLINE and ends. Not inside a callback of
  /// a link.
  void follow(const namespace_name& ns, const std::vector<device_options>& devices,
              const link_options& broker);

  /// What the devices say, now and whenever they are connected again.
  void set_online(bool online);

  /// Says OFFLINE and ends all connections; what is still to be sent has this long. Calls `done` once, never
  /// inside this call unless there is no connection.
  void stop(std::chrono::milliseconds grace, std::function<void()> done);

  std::size_t size() const noexcept { return told_.size(); }

 private:
  class announcer;
  using announcer_map = std::map<std::string, std::unique_ptr<announcer>>;  ///< by topic

  void end(std::unique_ptr<announcer> one, std::chrono::milliseconds grace);
  void ended(const announcer* one);

  const clock& time_;
  const link_maker make_;
  link_options broker_;
  announcer_map told_;
  std::list<std::unique_ptr<announcer>> leaving_;  ///< saying goodbye
  std::function<void()> stopped_;
};

}  // namespace mqcoap
