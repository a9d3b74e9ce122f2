#pragma once

#include <mqcoap/protocol/responder.hpp>

namespace mqcoap {

/// The interface of local resources, mounts and fixed replies alike: gets a call and answers it once, now or
/// later. Runs on the event loop and never blocks it.
class handler {
 public:
  virtual ~handler() = default;
  /// Takes the call when it answers or keeps it. An exception before that leaves the call with the caller,
  /// who then answers.
  virtual void handle(responder&& r) = 0;
};

}  // namespace mqcoap
