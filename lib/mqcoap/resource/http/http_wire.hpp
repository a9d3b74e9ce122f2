#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mqcoap/resource/http/http_exchange.hpp>
#include <string>

namespace mqcoap {

/// How far a request has come.
struct http_progress {
  enum class stage : std::uint8_t { looking_up, connecting, sending, waiting, reading };
  stage at = stage::looking_up;
  std::string got{};  ///< the beginning of what has come
};

/// One connection to a server: one request after the other, and no decisions. When it goes, it is closed, and
/// nothing more is told.
/// @par Threads  Everything on the event loop, which it never blocks.
class http_wire {
 public:
  using handler = std::function<void(http_outcome)>;

  virtual ~http_wire() = default;
  /// Sends a request, on a new connection if there is none yet, and reads the answer. `done` is called once,
  /// out of the loop, never inside of this; it may destroy the wire. Precondition: none is under way.
  virtual void exchange(std::shared_ptr<const http_exchange> what, handler done) = 0;
  /// Returns true if a further request can be sent: the server has not closed it, and has sent nothing
  /// unasked.
  virtual bool is_open() noexcept = 0;
  virtual http_progress progress() const = 0;
};

}  // namespace mqcoap
