#pragma once

#include <cstddef>
#include <functional>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/serve/timer_queue.hpp>
#include <string_view>

namespace mqcoap {

class backend_services;
class event_sender;
class message_topics;
class resource_requester;

/// Forwards calls to other devices, for resources that stand for them.
class forwarder {
 public:
  /// Ensures that the call is answered with the device's answer.
  virtual void forward(responder&& r, const address& to) = 0;
  /// Returns the length limit in bytes of a requested path.
  virtual std::size_t path_limit() const noexcept = 0;

 protected:
  ~forwarder() = default;
};

/// The services of a gateway for its resources, which depend on nothing else and on no globals. Everything
/// runs on the event loop, and outlives the resources.
struct resource_services {
  const clock& time;
  timer_queue& timers;  ///< for later calls; a handler owns its timers, so that destroying it cancels them
  log_sink log;         ///< lines for the operator; never empty
  forwarder& elsewhere;
  backend_services* backends = nullptr;    ///< null if nothing outside of the process is used, as in tests
  resource_requester* requests = nullptr;  ///< null if no resource sends requests
  event_sender* events = nullptr;          ///< null if no resource sends events
  message_topics* topics = nullptr;        ///< null if no MQTT topics are read
  /// Reports that a value that is stored in no cell has changed and can be read; may be empty.
  std::function<void(std::string_view device, std::string_view path)> changed{};
};

}  // namespace mqcoap
