#pragma once

#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/name.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// Returns the topic of a device's retained presence: `{ns}/gateway/system/{tag}/presence` (docs/protocol.md,
/// "Discovery").
std::string presence_topic(const namespace_name& ns, const device_tag& tag);

/// Returns the payload of a presence: ONLINE or OFFLINE, since `since`.
std::string presence_payload(bool online, unix_millis since);

/// Returns the MQTT client id of the connection that announces a device: always the same for the same device,
/// so that the broker drops what is left of an older connection before it accepts the new one. It consists of
/// the prefix, `-p` and 12 hexadecimal digits derived from namespace and tag.
/// @param prefix  the client id of the serving connection; empty: `mqcoap`
std::string presence_client_id(std::string_view prefix, const namespace_name& ns, const device_tag& tag);

/// A decoded presence.
struct presence_report {
  std::string state{};                   ///< `ONLINE`, `OFFLINE`, or any other text
  std::optional<unix_millis> updated{};  ///< `last_updated`, else the payload's timestamp

  bool is_offline() const noexcept { return state == "OFFLINE"; }
};

/// Decodes the payload of a presence message. Returns nothing if it is not a presence, such as the empty
/// message that removes a retained one.
std::optional<presence_report> read_presence(std::string_view payload);

}  // namespace mqcoap
