#pragma once

#include <mqcoap/protocol/method.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// What discovery says of a resource (docs/protocol.md, "Discovery").
struct resource_info {
  std::string path;  ///< as configured: `gains`, `probe/**`
  method_set methods;
  std::string type;                       ///< `value`, `collection`, `action`, `reply`, `signal`, `proxy`
  std::string unit;                       ///< UCUM or SenML name; empty: none
  std::string title;                      ///< one line for a person; empty: none
  std::vector<std::string> subsystems{};  ///< under which it is found; empty: any
};

}  // namespace mqcoap
