#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mqcoap {

/// How a request was served.
enum class request_role : std::uint8_t {
  none,     ///< refused before a handler was called: malformed, too late, stopping
  local,    ///< by a resource of the gateway
  forward,  ///< by a device that the caller named
  reverse,  ///< by a device for whose tag the gateway answers
  mount,    ///< by the device behind a path of one of the gateway's devices
};
inline constexpr std::size_t request_role_count = static_cast<std::size_t>(request_role::mount) + 1;

std::string_view to_string(request_role r) noexcept;

}  // namespace mqcoap
