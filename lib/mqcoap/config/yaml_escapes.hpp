#pragma once

#include <string>

namespace mqcoap::config {

/// Corrects the result of yaml-cpp (0.7 and 0.8) for two escapes in a double-quoted text: `\_`, a no-break
/// space, becomes the single byte a0, and `\N`, a next line, the single byte 85. All other characters of a
/// decoded text are valid UTF-8, so such bytes can be recognised.
std::string with_whole_escapes(std::string decoded);

}  // namespace mqcoap::config
