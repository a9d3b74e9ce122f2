#pragma once

#include <mqcoap/protocol/responder.hpp>

namespace mqcoap {

/// A local resource, a proxy route and a fixed reply are the same thing: something that gets a call and
/// answers it once, now or later. Runs on the event loop and never blocks it.
class handler {
 public:
  virtual ~handler() = default;
  /// Takes the call when it answers or keeps it. What it throws before leaves the call with the caller, who
  /// answers then.
  virtual void handle(responder&& r) = 0;
};

}  // namespace mqcoap
