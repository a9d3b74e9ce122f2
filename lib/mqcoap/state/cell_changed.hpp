#pragma once

#include <cstdint>
#include <mqcoap/state/cell.hpp>

namespace mqcoap {

/// A value of a cell is another one from now on. Told before the requester who changed it has the answer.
struct cell_changed {
  const cell& of;
  std::uint64_t number;    ///< 0: the value; of a collection, its item
  const versioned* value;  ///< null: the item was taken away
};

}  // namespace mqcoap
