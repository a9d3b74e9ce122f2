#pragma once

#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/name.hpp>
#include <string>

namespace mqcoap {

/// Where a device tells, retained, whether it is there: `{ns}/gateway/system/{tag}/presence`
/// (docs/protocol.md, section 9).
std::string presence_topic(const namespace_name& ns, const device_tag& tag);

/// What it says there: ONLINE or OFFLINE, since now.
std::string presence_payload(bool online, unix_millis now);

}  // namespace mqcoap
