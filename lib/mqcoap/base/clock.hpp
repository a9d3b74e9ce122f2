#pragma once

#include <chrono>
#include <cstdint>

namespace mqcoap {

/// A point on the steady clock: for deadlines and intervals, never shown to a peer.
using steady_time = std::chrono::steady_clock::time_point;

/// Milliseconds since 1970-01-01 UTC, as in `timestamp` on the wire.
struct unix_millis {
  std::int64_t count = 0;
  friend bool operator==(unix_millis, unix_millis) = default;
};

/// The source of the time, which tests set by hand. Code that talks to real peers (PostgreSQL, HTTP clients,
/// child processes) reads the system's clocks itself.
class clock {
 public:
  virtual ~clock() = default;
  virtual steady_time now() const = 0;
  virtual unix_millis wall() const = 0;
};

/// The machine's clocks.
class system_clock final : public clock {
 public:
  steady_time now() const override { return std::chrono::steady_clock::now(); }
  unix_millis wall() const override {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
  }
};

/// A clock that advances only when it is told to.
class manual_clock final : public clock {
 public:
  steady_time now() const override { return now_; }
  unix_millis wall() const override {
    return {wall_.count +
            std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()).count()};
  }
  void advance(std::chrono::nanoseconds by) { now_ += by; }

 private:
  steady_time now_{};
  unix_millis wall_{1'745'534'869'619};
};

/// A timer of the event loop, implemented by its owner, which calls back at, or soon after, the time that
/// was set last.
class alarm {
 public:
  virtual ~alarm() = default;
  /// Replaces the time that was set before. `steady_time::max()` cancels the timer.
  virtual void wake_at(steady_time when) = 0;
};

}  // namespace mqcoap
