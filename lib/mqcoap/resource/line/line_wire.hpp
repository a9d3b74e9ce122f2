#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// A connection to an instrument: bytes, and nothing known of lines.
/// @par Threads  Everything on the event loop, which it never blocks.
class line_wire {
 public:
  /// Hears what happens on a wire. Called from the event loop, never inside a call to the wire.
  class listener {
   public:
    virtual void on_open() = 0;
    /// It could not be opened. @param why  the system's words
    virtual void on_failed(const std::string& why) = 0;
    /// All that was to be sent is with the system.
    virtual void on_sent() = 0;
    virtual void on_bytes(std::string_view bytes) = 0;
    /// It was open, and is not any more. @param why  the system's words
    virtual void on_closed(const std::string& why) = 0;

   protected:
    ~listener() = default;
  };

  virtual ~line_wire() = default;

  /// Precondition of `open`: it is closed. Of `send`: it is open, and all that was sent before is sent.
  virtual void open() = 0;
  virtual void send(std::string bytes) = 0;
  /// How much has come of which the listener was not told, and now is not told any more. Nothing: the other
  /// side has closed, of which it will be told.
  virtual std::optional<std::size_t> drop_unread() = 0;
  /// Closes, or gives up opening. The listener hears nothing of what happened before.
  virtual void close() noexcept = 0;
};

}  // namespace mqcoap
