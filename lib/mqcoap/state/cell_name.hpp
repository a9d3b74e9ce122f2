#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace mqcoap {

/// Identifies the state of one resource. The name stays the same across a reload.
struct cell_name {
  std::string device;     ///< its tag
  std::string path;       ///< relative to the device
  std::string_view kind;  ///< kind of the resource, a literal; another kind gets a new cell

  friend auto operator<=>(const cell_name&, const cell_name&) = default;
};

}  // namespace mqcoap
