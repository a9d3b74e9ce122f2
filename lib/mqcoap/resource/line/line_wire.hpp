#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// A connection to an instrument. It transfers bytes, and knows nothing about lines.
/// @par Threads  All functions on the event loop, which they never block.
class line_wire {
 public:
  /// Receives the events of a wire. Called from the event loop, never inside a call to the wire.
  class listener {
   public:
    virtual void on_open() = 0;
    /// Called when the wire could not be opened. @param why  the system's error message
    virtual void on_failed(const std::string& why) = 0;
    /// Called when all bytes were passed to the system.
    virtual void on_sent() = 0;
    virtual void on_bytes(std::string_view bytes) = 0;
    /// Called when an open wire was closed by the other side or by an error. @param why  the error message
    virtual void on_closed(const std::string& why) = 0;

   protected:
    ~listener() = default;
  };

  virtual ~line_wire() = default;

  /// Precondition of `open`: the wire is closed. Precondition of `send`: the wire is open, and all earlier
  /// bytes were sent.
  virtual void open() = 0;
  virtual void send(std::string bytes) = 0;
  /// Drops the received bytes that were not yet passed to the listener, and returns their number. Returns
  /// nothing if the other side has closed the connection; then `on_closed` will be called.
  virtual std::optional<std::size_t> drop_unread() = 0;
  /// Closes the wire, or cancels opening it. The listener gets no further events of this connection.
  virtual void close() noexcept = 0;
};

}  // namespace mqcoap
