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
  line_end send_terminator = line_end::lf;  ///< of lines that are sent
  std::chrono::milliseconds timeout{2000};  ///< from sending to the end of the answer
  std::chrono::milliseconds connect{2000};  ///< for opening the connection
  std::chrono::milliseconds idle{
      30'000};  ///< the connection is closed when it is unused for this long; 0 if it stays open
  std::chrono::milliseconds settle{
      0};  ///< time after opening in which nothing is sent, and received bytes are dropped
  std::chrono::milliseconds pause{0};  ///< from the end of this exchange to the next one
  /// How long a late answer is awaited after a timeout, on the new connection, before the next exchange.
  std::chrono::milliseconds drain{0};
  std::size_t most = std::size_t{64} << 10;  ///< size limit of an answer
  std::size_t queue = 64;                    ///< limit of exchanges that wait for the connection

  friend bool operator==(const line_terms&, const line_terms&) = default;
};

/// A line to send, and the terms of its answer.
struct line_exchange {
  std::string text;         ///< including its terminator
  bool is_answered = true;  ///< false if it is done when the line was sent
  line_terms terms{};
};

}  // namespace mqcoap
