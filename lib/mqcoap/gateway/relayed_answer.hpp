#pragma once

#include <mqcoap/protocol/resource_path.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/protocol/response.hpp>
#include <string_view>

namespace mqcoap {

/// Makes the caller's answer of a device's (docs/protocol.md, sections 3 and 6): the source is the device, a
/// `location` leads there for the caller, and an error has words.
/// @param device_path  under which the device was asked
answer relayed(response&& from_device, std::string_view tag, const call& asked,
               const resource_path& device_path);

}  // namespace mqcoap
