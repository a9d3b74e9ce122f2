#pragma once

#include <mqcoap/base/errc.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// Why a JSON Pointer leads to no part of a text.
struct lost_pointer {
  std::optional<std::string>
      twice{};  ///< the key that an object on its way has twice; none: it leads nowhere
};

/// Returns the part of validated JSON text to which a JSON Pointer leads (RFC 6901), as it stands there.
/// Where an object on its way has the key twice, nobody knows which one is meant (RFC 7493, section 2.3).
result<std::string_view, lost_pointer> find_json(std::string_view validated, std::string_view pointer);

/// True if this is a JSON Pointer: empty, or `/` in front of each token, with `~0` and `~1` as its only
/// escapes.
bool is_json_pointer(std::string_view text) noexcept;

}  // namespace mqcoap
