#pragma once

#include <cstdint>
#include <mqcoap/gateway/request_role.hpp>
#include <mqcoap/protocol/call.hpp>
#include <mqcoap/protocol/responder.hpp>

namespace mqcoap {

/// Where a call is counted: the rows of `statistics`, which the steps of the gateway's chain store in the
/// call's note. 0: in no particular row.
struct call_account {
  request_role role = request_role::none;  ///< how it is served
  std::uint16_t device = 0;                ///< the device that it is for
  std::uint16_t route = 0;                 ///< the route that it takes

  static call_account of(const call& c) noexcept {
    return {static_cast<request_role>(c.note & 0xff), static_cast<std::uint16_t>(c.note >> 16),
            static_cast<std::uint16_t>(c.note >> 32)};
  }
  void write_to(responder& r) const noexcept {
    r.set_note(static_cast<std::uint64_t>(role) | static_cast<std::uint64_t>(device) << 16 |
               static_cast<std::uint64_t>(route) << 32);
  }
};

}  // namespace mqcoap
