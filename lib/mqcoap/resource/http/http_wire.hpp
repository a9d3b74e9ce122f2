#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mqcoap/resource/http/http_exchange.hpp>
#include <string>

namespace mqcoap {

/// The progress of a request.
struct http_progress {
  enum class stage : std::uint8_t { looking_up, connecting, sending, waiting, reading };
  stage at = stage::looking_up;
  std::string got{};  ///< the beginning of the answer
};

/// One connection to a server. It carries one request after the other, and makes no decisions. Destroying it
/// closes the connection, and `done` is not called after that.
/// @par Threads  All functions on the event loop, which they never block.
class http_wire {
 public:
  using handler = std::function<void(http_outcome)>;

  virtual ~http_wire() = default;
  /// Sends a request, on a new connection if there is none yet, and reads the answer. `done` is called once,
  /// from the event loop, never inside this call; it may destroy the wire. Precondition: no request
  /// is under way.
  virtual void exchange(std::shared_ptr<const http_exchange> what, handler done) = 0;
  /// Returns true if another request can be sent: the server has not closed the connection, and has
  /// sent nothing unsolicited.
  virtual bool is_open() noexcept = 0;
  virtual http_progress progress() const = 0;
};

}  // namespace mqcoap
