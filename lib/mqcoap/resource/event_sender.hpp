#pragma once

#include <mqcoap/base/errc.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/protocol/resource_path.hpp>

namespace mqcoap {

/// An event that a resource sends (docs/protocol.md, "Events").
struct resource_event {
  subsystem_name subsystem;
  device_tag tag;
  resource_path path;
  json_text body;
};

/// Sends events for resources.
class event_sender {
 public:
  /// Passes the event to the connection to the default broker.
  /// @par Errors  those of link::publish; the event is then not sent
  virtual error_code send_event(const resource_event& what) = 0;

 protected:
  ~event_sender() = default;
};

}  // namespace mqcoap
