#pragma once

#include <string_view>

namespace mqcoap {

/// Values of `accept` and `content_format` (docs/protocol.md, "Options").
namespace content_format {
inline constexpr std::string_view json = "application/json";
inline constexpr std::string_view text = "text/plain";
inline constexpr std::string_view link_format = "application/link-format";  ///< RFC 6690
}  // namespace content_format

}  // namespace mqcoap
