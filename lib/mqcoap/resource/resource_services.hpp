#pragma once

#include <cstddef>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/serve/timer_queue.hpp>

namespace mqcoap {

class backend_services;

/// Asks devices elsewhere, for resources that lead to them.
class forwarder {
 public:
  /// Sees to it that the call is answered with what the device says.
  virtual void forward(responder&& r, const address& to) = 0;
  /// Bytes of the longest path that may be asked for.
  virtual std::size_t path_limit() const noexcept = 0;

 protected:
  ~forwarder() = default;
};

/// What a gateway gives its resources: all that they need of it, and nothing global. Everything runs on the
/// event loop, and outlives the resources.
struct resource_services {
  const clock& time;
  timer_queue&
      timers;    ///< for what is to happen later; a handler keeps the timer and so cancels it when it goes
  log_sink log;  ///< lines for the operator; never empty
  forwarder& elsewhere;
  backend_services* backends = nullptr;  ///< null: nothing outside of the process is reached, as in tests
};

}  // namespace mqcoap
