#pragma once

#include <optional>
#include <string_view>

namespace mqcoap {

/// The part of validated JSON text to which a JSON Pointer leads (RFC 6901), as it stands there; of equal
/// keys in one object the last one counts. Nothing if it leads nowhere.
std::optional<std::string_view> find_json(std::string_view validated, std::string_view pointer);

/// True if this is a JSON Pointer: empty, or `/` in front of each token, with `~0` and `~1` as its only
/// escapes.
bool is_json_pointer(std::string_view text) noexcept;

}  // namespace mqcoap
