#pragma once

#include <string>

namespace mqcoap {

/// Puts right what yaml-cpp (0.7 and 0.8) makes of two escapes in a double-quoted text: of `\_`, a
/// no-break space, the single byte a0, and of `\N`, a next line, the single byte 85. The other characters of
/// a decoded text are whole UTF-8, so that such bytes can be told.
std::string with_whole_escapes(std::string decoded);

}  // namespace mqcoap
