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

/// What becomes of a request while there is no connection.
enum class when_disconnected : std::uint8_t {
  fail,  ///< errc::not_connected, at once
  wait,  ///< it is sent when the connection is there, if that is within its own timeout
};

struct client_options {
  link_options broker{};  ///< how to reach it, and as whom
  namespace_name ns = default_namespace();
  std::optional<device_tag> tag{};  ///< answers requests to this tag; none: it only asks
  /// Tells, retained, whether the tag is there: ONLINE from each connection on, OFFLINE at `async_disconnect`
  /// and by the last will, unless `broker.will` is another one. Nothing without a tag.
  bool presence = false;
  std::string source{};                     ///< claimed in requests; empty: the tag, else the MQTT client id
  std::chrono::milliseconds timeout{5000};  ///< of a request that brings none; 1 ms to 10 min
  when_disconnected if_disconnected = when_disconnected::fail;  ///< for a request that says nothing
  std::size_t max_pending = 65'536;  ///< requests waiting for an answer; then errc::too_many_pending
  /// What is accepted in answers and requests. Codes outside the table are folded into it.
  decode_rules decoding{.limits = {.payload = std::size_t{16} << 20, .depth = 32}};
};

}  // namespace mqcoap
