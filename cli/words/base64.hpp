#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mqcoap::cli {

/// Encodes as in RFC 4648, section 4, with padding.
std::string to_base64(std::string_view bytes);

/// Decodes base64 text; returns nothing if it is malformed.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace mqcoap::cli
