#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mqcoap {

/// The end of a line.
enum class line_end : std::uint8_t { lf, crlf, cr, nul };

constexpr std::string_view bytes_of(line_end end) noexcept {
  switch (end) {
    case line_end::crlf: return "\r\n";
    case line_end::cr: return "\r";
    case line_end::nul: return {"\0", 1};
    case line_end::lf: break;
  }
  return "\n";
}

/// The terms of an exchange with an instrument. They belong to the resource, and not to the connection, which
/// resources with different terms share.
struct line_terms {
  line_end terminator = line_end::lf;       ///< of answers; a CR before an LF belongs to it
  line_end send_terminator = line_end::lf;  ///< of what is sent
  std::chrono::milliseconds timeout{2000};  ///< from sending to the end of the answer
  std::chrono::milliseconds connect{2000};  ///< for opening the connection
  std::chrono::milliseconds idle{
      30'000};                          ///< it is closed when it was not used for so long; 0: it stays open
  std::chrono::milliseconds settle{0};  ///< after it was opened, nothing is sent, and what comes is dropped
  std::chrono::milliseconds pause{0};   ///< from the end of this exchange to the next one
  /// After a time-out, a late answer is awaited for so long before the next exchange, on the new connection.
  std::chrono::milliseconds drain{0};
  std::size_t most = std::size_t{64} << 10;  ///< bytes of an answer
  std::size_t queue = 64;                    ///< exchanges that may wait for the connection

  friend bool operator==(const line_terms&, const line_terms&) = default;
};

/// A line that is sent, and the one that comes back.
struct line_exchange {
  std::string text;         ///< its terminator included
  bool is_answered = true;  ///< false: it is done when it was sent
  line_terms terms{};
};

}  // namespace mqcoap
