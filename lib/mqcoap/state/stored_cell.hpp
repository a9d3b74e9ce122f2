#pragma once

#include <cstdint>
#include <map>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/state/cell_name.hpp>
#include <string>

namespace mqcoap {

/// The state of a cell in a store.
struct stored_cell {
  cell_name of;
  /// The number of commits that have changed it, in a store that several processes share; 0: it
  /// does not exist.
  std::uint64_t revision = 0;
  std::uint64_t next = 0;  ///< next unused number
  std::string initial;     ///< version of the configured initial value when it was last stored; empty: none
  std::map<std::uint64_t, json_text> items;
};

}  // namespace mqcoap
