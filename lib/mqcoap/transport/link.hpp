#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/exchange/subscriber.hpp>
#include <mqcoap/transport/outage_cause.hpp>
#include <mqcoap/transport/packet_limit.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

class link;

/// A received message. The views are valid only during the callback.
struct inbound {
  std::string_view topic;
  std::string_view payload;
  bool retained = false;
  /// The longest time for which the message may have been waiting to be read, as far as the link can tell,
  /// because the event loop did not run: the process was stopped, or the machine suspended. It may have
  /// arrived at any time within that period.
  std::chrono::nanoseconds waited{0};
};

/// The options of publishing a message.
struct publish_options {
  bool retain =
      false;  ///< the broker retains it for later subscribers; an empty payload removes the retained one
};

/// The callbacks of a link to its owner, on the link's executor. The link must not be destroyed from
/// inside a callback.
class link_events {
 public:
  /// Called when connected, after the stored subscriptions were sent; messages published from
  /// here follow them.
  virtual void on_link_up(link& l) noexcept = 0;
  /// Called when an outage begins, also if the first connection attempt fails, and again when an attempt
  /// fails for a different cause.
  virtual void on_link_down(link& l, const outage_cause& why) noexcept = 0;
  virtual void on_message(link& l, const inbound& m) noexcept = 0;
  /// Called after one or more messages, when no more are available and the connection is still up. Results
  /// are best passed on here: messages published from this callback are sent together, at once.
  virtual void on_messages_end(link&) noexcept {}

 protected:
  ~link_events() = default;
};

/// The counts of a link since its construction.
struct link_stats {
  std::uint64_t received = 0;
  std::uint64_t sent = 0;  ///< passed to the connection
  std::uint64_t connects = 0;
  std::uint64_t expired = 0;    ///< outgoing, dropped because their deadline passed
  std::uint64_t refused = 0;    ///< outgoing, rejected here: queue full, connection down, over a limit
  std::uint64_t lost = 0;       ///< outgoing, still queued when the connection was lost: never sent late
  std::uint64_t oversized = 0;  ///< incoming, larger than `link_options::max_inbound`
  std::uint64_t denied = 0;     ///< outgoing, rejected by the broker (only with MQTT 5)
  std::size_t queued = 0;       ///< outgoing, waiting now
};

/// A connection to one broker that reconnects automatically and renews its subscriptions.
/// @par Threads  Everything happens on the link's executor, which is serial: calls must be made on it, and
///   callbacks run on it.
class link : public subscriber {
 public:
  /// Called once, never inside the call that it was passed to: without an error when the message was written
  /// to the socket (QoS 0) or acknowledged (QoS 1); with errc::timed_out if its deadline passed in the queue,
  /// errc::not_connected if the connection was lost first, errc::denied if the broker rejected it (MQTT 5 at
  /// QoS 1), errc::closed if the link was stopped first, and the errors of `publish` if they were detected
  /// only when the message left the queue. Not called if the link is destroyed.
  using written_handler = std::function<void(error_code)>;
  using stopped_handler = std::function<void()>;

  virtual ~link() = default;

  /// Returns the name of the broker in the configuration.
  virtual const std::string& name() const noexcept = 0;
  virtual const std::string& client_id() const noexcept = 0;

  /// Starts connecting and reconnecting, until `stop`.
  virtual void start(link_events& owner) = 0;

  /// Sets subscriptions, in addition to those of `subscribe`, that deliver messages of other clients but not
  /// those of this link. Only MQTT 5 has such subscriptions: over 3.1.1 nothing is delivered. Their
  /// confirmation is not reported.
  /// @param filters  the complete list; filters of the previous call that are not in it are dropped. None
  ///   may be a filter of `subscribe`
  virtual void subscribe_to_others(std::vector<std::string> filters) { static_cast<void>(filters); }

  /// Sends the message, or queues it until its deadline. Never retains a message across a reconnect.
  /// @param done  receives the outcome of the message; may be empty. Not called if this call fails.
  /// @par Errors  errc::not_connected, errc::queue_full, errc::too_large, errc::invalid_topic (empty, too
  ///   long, or with a wildcard or NUL), errc::denied (retained, and the broker does not support that),
  ///   errc::closed after `stop`: nothing was or will be sent.
  virtual error_code publish(std::string_view topic, std::string_view payload, steady_time deadline,
                             publish_options options = {}, written_handler done = {}) = 0;

  virtual link_stats stats() const noexcept = 0;

  /// Identifies the server: two links to the same server return the same text. Empty: unknown, or not
  /// connected.
  virtual std::string server() const { return {}; }
  /// Returns the limit of `publish`. It is known most precisely while connected.
  virtual packet_limit largest_packet() const noexcept { return {}; }

  /// Sends queued messages for at most `grace`, disconnects and then calls `done` (never inside this call).
  /// The owner gets no callbacks after this call.
  virtual void stop(std::chrono::milliseconds grace, stopped_handler done) = 0;
};

}  // namespace mqcoap
