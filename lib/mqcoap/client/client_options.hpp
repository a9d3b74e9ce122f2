#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/transport/link_options.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// What happens to a request while there is no connection.
enum class when_disconnected : std::uint8_t {
  fail,  ///< fails at once with errc::not_connected
  wait,  ///< is sent once connected, if that happens within its own timeout
};

/// What `async_run` does if the broker, or TLS, rejects the client and another attempt would not change that.
enum class when_refused : std::uint8_t {
  give_up,      ///< completes with the reason, because a person has to correct something
  keep_trying,  ///< keeps trying, with pauses of up to 30 s: for unattended devices
};

/// The options of a client. Every option has a default: a client without options uses a broker on
/// the local machine.
struct client_options {
  link_options broker{};  ///< how to reach the broker, and the identity to log in with
  /// The first level of every topic, `gf_int_v1` (docs/protocol.md, "Topics").
  namespace_name ns = default_namespace();
  /// The device whose requests the client answers, and the MQTT client id if `broker.client_id` is empty. If
  /// two programs use the same tag as their client id, each connection makes the broker close the other.
  /// None: the client only sends requests.
  std::optional<device_tag> tag{};
  /// Publishes a retained presence for the tag: ONLINE on each connection, once the broker has confirmed the
  /// subscription to its requests; OFFLINE at `async_disconnect`, and through the last will unless
  /// `broker.will` sets another one. Has no effect without a tag.
  bool presence = false;
  std::string source{};  ///< stated in requests; empty: the tag, else the MQTT client id
  /// The timeout of connecting, publishing, subscribing, and requests without their own; 1 ms to 10 min.
  std::chrono::milliseconds timeout{5000};
  when_disconnected if_disconnected = when_disconnected::fail;  ///< for a request that does not specify it
  when_refused if_refused = when_refused::give_up;              ///< for `async_run`
  std::size_t max_pending = 65'536;  ///< requests waiting for an answer; then errc::too_many_pending
  /// Messages that a subscription without a handler stores until they are received; beyond that the oldest
  /// are dropped and counted in `general_message::lost`. The newest is always stored.
  std::size_t max_events = 1024;
  std::size_t max_event_bytes = std::size_t{16} << 20;  ///< of their payloads, for each subscription
  /// What is accepted in answers, requests and events: up to 16 MiB. Unknown response codes are folded into
  /// the table.
  decode_rules decoding{.limits = {.payload = std::size_t{16} << 20, .depth = 32}};
};

}  // namespace mqcoap
