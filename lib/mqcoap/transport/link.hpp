#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/transport/outage_cause.hpp>
#include <mqcoap/transport/packet_limit.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

class link;

/// One message as it arrived. The views are valid during the callback only.
struct inbound {
  std::string_view topic;
  std::string_view payload;
  bool retained = false;
  /// For how long it lay unread at least, as far as the link can tell, because the event loop did not run:
  /// the process was stopped, or the machine suspended. It may have come at any time within.
  std::chrono::nanoseconds waited{0};
};

/// How a message is published, beside its topic and payload.
struct publish_options {
  bool retain = false;  ///< the broker keeps it for later subscribers; an empty payload removes what it keeps
};

/// What a link tells its owner, on the link's executor. Nothing called from here may destroy the link.
class link_events {
 public:
  /// The subscriptions kept were asked for again, before this; what is published from here follows them.
  virtual void on_link_up(link& l) noexcept = 0;
  /// When an outage begins, also if the first connection fails, and again when a try fails for another cause.
  virtual void on_link_down(link& l, const outage_cause& why) noexcept = 0;
  virtual void on_message(link& l, const inbound& m) noexcept = 0;
  /// After one or more messages, when the connection has no more for now and still is up: the place to hand
  /// results to others. What is published here leaves at once, together.
  virtual void on_messages_end(link&) noexcept {}

 protected:
  ~link_events() = default;
};

/// What a link has counted since it was made.
struct link_stats {
  std::uint64_t received = 0;
  std::uint64_t sent = 0;  ///< handed to the connection
  std::uint64_t connects = 0;
  std::uint64_t expired = 0;    ///< outgoing, dropped at their deadline
  std::uint64_t refused = 0;    ///< outgoing, refused here: queue full, connection down, over a limit
  std::uint64_t lost = 0;       ///< outgoing, still queued when the connection went down: never sent stale
  std::uint64_t oversized = 0;  ///< incoming, over `link_options::max_inbound`
  std::uint64_t denied = 0;     ///< outgoing, refused by the broker (MQTT 5 only; 3.1.1 says nothing)
  std::size_t queued = 0;       ///< outgoing, waiting now
};

/// A connection to one broker that reconnects by itself and keeps its subscriptions.
/// @par Threads  Everything happens on the link's executor, which is serial: calls are made on it, events and
///   handlers come on it.
class link {
 public:
  /// Called once, when the broker first confirms a subscription (no error) or refuses it (errc::denied); with
  /// errc::invalid_topic for what is no filter, errc::closed after `unsubscribe` or `stop`. Never inside the
  /// call that it was given to.
  using subscribed_handler = std::function<void(error_code)>;
  /// Called once, never inside the call that it was given to: no error when the message was written to the
  /// socket (QoS 0) or acknowledged (QoS 1); errc::timed_out if its deadline passed in the queue,
  /// errc::not_connected if the connection went down first, errc::denied if the broker refused it (MQTT 5 at
  /// QoS 1; 3.1.1 says nothing), errc::closed if the link was stopped first, and what `publish` returns if it
  /// showed only when the message left the queue. Dropped uncalled if the link is destroyed.
  using written_handler = std::function<void(error_code)>;
  using stopped_handler = std::function<void()>;

  virtual ~link() = default;

  /// Name of the broker in the configuration.
  virtual const std::string& name() const noexcept = 0;
  virtual const std::string& client_id() const noexcept = 0;

  /// Begins to connect, and to reconnect, until `stop`.
  virtual void start(link_events& owner) = 0;
  virtual bool up() const noexcept = 0;

  /// Keeps a subscription from now on: made at once if up, and first thing at every connection. Asking again
  /// for a filter that is kept replaces nothing and confirms again.
  virtual void subscribe(std::string filter, subscribed_handler done) = 0;
  virtual void unsubscribe(std::string_view filter) = 0;

  /// Keeps subscriptions, beside those of `subscribe`, that bring what others publish and not what this link
  /// does itself. Only MQTT 5 has such subscriptions: over 3.1.1 nothing comes. Nobody is told whether the
  /// broker confirms them.
  /// @param filters  all of them; those of the last call that are not among them are dropped. None may be a
  ///   filter of `subscribe`
  virtual void subscribe_to_others(std::vector<std::string> filters) { static_cast<void>(filters); }

  /// Sends, or queues for as long as the deadline allows. Never keeps a message over a reconnect.
  /// @param done  hears what became of the message; without one, nobody asks. Not called if this call fails.
  /// @par Errors  errc::not_connected, errc::queue_full, errc::too_large, errc::invalid_topic (empty, too
  ///   long, or with a wildcard or NUL), errc::denied (retained, and the broker retains nothing),
  ///   errc::closed after `stop`: nothing was or will be sent.
  virtual error_code publish(std::string_view topic, std::string_view payload, steady_time deadline,
                             publish_options options = {}, written_handler done = {}) = 0;

  virtual link_stats stats() const noexcept = 0;

  /// Tells whether two links lead to one server: then both say the same. Empty: not known, or not connected.
  virtual std::string server() const { return {}; }
  /// What `publish` calls too large now. Known best while the connection is up.
  virtual packet_limit largest_packet() const noexcept { return {}; }

  /// Sends what is queued, for at most `grace`, disconnects and then calls `done` (never inside this call).
  /// The owner is told nothing after this call.
  virtual void stop(std::chrono::milliseconds grace, stopped_handler done) = 0;
};

}  // namespace mqcoap
