#pragma once

#include <cstdint>
#include <mqcoap/state/cell.hpp>

namespace mqcoap {

/// A changed value of a cell. Published before the client gets the answer.
struct cell_changed {
  const cell& of;
  std::uint64_t number;    ///< 0: the value; for a collection, the number of the item
  const versioned* value;  ///< null: the item was deleted
};

}  // namespace mqcoap
