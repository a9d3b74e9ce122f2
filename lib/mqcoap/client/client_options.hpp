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
  fail,  ///< errc::not_connected, at once
  wait,  ///< it is sent when the connection is there, if that is within its own timeout
};

/// What `async_run` does if the broker, or TLS, does not let us in and no further try would change that.
enum class when_refused : std::uint8_t {
  give_up,      ///< it ends with the reason: a person has to correct something
  keep_trying,  ///< it tries on, every 30 s at last: for devices that nobody looks after
};

/// The options of a client. Everything has a default: a client without options asks over a broker on this
/// machine.
struct client_options {
  link_options broker{};  ///< how to reach the broker, and as whom
  /// The first level of every topic, `gf_int_v1` (docs/protocol.md, "Topics").
  namespace_name ns = default_namespace();
  /// The device whose requests the client answers, and the MQTT client id if `broker.client_id` is empty. Two
  /// programs with one tag throw each other off the broker. None: the client only asks.
  std::optional<device_tag> tag{};
  /// Tells, retained, whether the tag is there: ONLINE from each connection on, OFFLINE at `async_disconnect`
  /// and by the last will, unless `broker.will` is another one. Nothing without a tag.
  bool presence = false;
  std::string source{};                     ///< claimed in requests; empty: the tag, else the MQTT client id
  std::chrono::milliseconds timeout{5000};  ///< of a request that brings none; 1 ms to 10 min
  when_disconnected if_disconnected = when_disconnected::fail;  ///< for a request that says nothing
  when_refused if_refused = when_refused::give_up;              ///< for `async_run`
  std::size_t max_pending = 65'536;  ///< requests waiting for an answer; then errc::too_many_pending
  /// Messages that a subscription without a handler keeps until they are received; then the oldest go, and
  /// are counted in `general_message::lost`. The newest is always kept.
  std::size_t max_events = 1024;
  std::size_t max_event_bytes = std::size_t{16} << 20;  ///< of their payloads, for each subscription
  /// What is accepted in answers, requests and events: up to 16 MiB. Codes outside the table are folded into
  /// it.
  decode_rules decoding{.limits = {.payload = std::size_t{16} << 20, .depth = 32}};
};

}  // namespace mqcoap
