#pragma once

#include <mqcoap/protocol/responder.hpp>
#include <optional>

namespace mqcoap {

/// The interface of local resources, mounts and fixed replies alike: gets a call and answers it once, now or
/// later. Runs on the event loop and never blocks it.
class handler {
 public:
  virtual ~handler() = default;
  /// Takes the call when it answers or keeps it. An exception before that leaves the call with the caller,
  /// who then answers.
  virtual void handle(responder&& r) = 0;

  /// Returns true if its value is also a metric.
  virtual bool is_metric() const noexcept { return false; }
  /// Returns the number of that metric, without I/O; nothing while there is none.
  virtual std::optional<double> measured() { return std::nullopt; }
};

}  // namespace mqcoap
