#pragma once

#include <mqcoap/base/errc.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// The reason why a JSON Pointer cannot be resolved in a text.
struct lost_pointer {
  std::optional<std::string>
      twice{};  ///< the key that an object on its path has twice; none: nothing is at the pointer
};

/// Returns the part of validated JSON text that a JSON Pointer (RFC 6901) refers to, unchanged. Fails if an
/// object on its path has the key twice, because then it is unclear which one is meant (RFC
/// 7493, section 2.3).
result<std::string_view, lost_pointer> find_json(std::string_view validated, std::string_view pointer);

/// Returns true if this is a JSON Pointer: empty, or `/` in front of each token, with `~0` and `~1` as
/// its only escapes.
bool is_json_pointer(std::string_view text) noexcept;

}  // namespace mqcoap
