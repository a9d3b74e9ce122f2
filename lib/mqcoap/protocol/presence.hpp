#pragma once

#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/name.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// Where a device announces, retained, whether it is there: `{ns}/gateway/system/{tag}/presence`
/// (docs/protocol.md, "Discovery").
std::string presence_topic(const namespace_name& ns, const device_tag& tag);

/// What it publishes there: ONLINE or OFFLINE, since `since`.
std::string presence_payload(bool online, unix_millis since);

/// The MQTT client id of the connection that announces a device: the same one whenever it is the same device,
/// so that the broker drops what is left of an older connection before it takes the new one. The prefix, `-p`
/// and 12 hexadecimal digits made from namespace and tag.
/// @param prefix  client id of the serving connection; empty: `mqcoap`
std::string presence_client_id(std::string_view prefix, const namespace_name& ns, const device_tag& tag);

/// A presence as it was read.
struct presence_report {
  std::string state{};                   ///< `ONLINE`, `OFFLINE`, or what else it says
  std::optional<unix_millis> updated{};  ///< `last_updated`, else the payload's timestamp

  bool is_offline() const noexcept { return state == "OFFLINE"; }
};

/// Reads the payload of a presence message. Nothing if it is none: an empty one, for instance, by which a
/// retained presence is removed.
std::optional<presence_report> read_presence(std::string_view payload);

}  // namespace mqcoap
