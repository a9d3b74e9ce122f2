#pragma once

#include <mqcoap/protocol/responder.hpp>
#include <optional>

namespace mqcoap {

/// The common interface of local resources, mounts and fixed replies: gets a call and answers it once, now or
/// later. Runs on the event loop and never blocks it.
class handler {
 public:
  virtual ~handler() = default;
  /// Takes the call when it answers or keeps it. If it throws before that, the caller still has the call
  /// and answers it.
  virtual void handle(responder&& r) = 0;

  /// Returns true if its value is also a metric.
  virtual bool is_metric() const noexcept { return false; }
  /// Returns the current value of that metric, without I/O; nothing if there is none.
  virtual std::optional<double> measured() { return std::nullopt; }
};

}  // namespace mqcoap
