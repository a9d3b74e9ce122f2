#pragma once

#include <mqcoap/protocol/method.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// The description of a resource in discovery (docs/protocol.md, "Discovery").
struct resource_info {
  std::string path;  ///< as configured: `gains`, `probe/**`
  method_set methods;
  std::string type;                       ///< the name of the kind, such as `value` or `proxy`
  std::string unit;                       ///< UCUM or SenML name; may be empty
  std::string title;                      ///< title for people; may be empty
  std::vector<std::string> subsystems{};  ///< the subsystems of the resource; any if empty
  std::string events{};  ///< the subsystem under which its events are published; empty if there are none
};

}  // namespace mqcoap
