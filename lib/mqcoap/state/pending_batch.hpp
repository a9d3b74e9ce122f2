#pragma once

#include <list>
#include <memory>
#include <mqcoap/state/batch.hpp>
#include <mqcoap/state/cell.hpp>
#include <vector>

namespace mqcoap {

/// A batch from its arrival to its end. Used by resource_state.
struct pending_batch {
  struct prepared {
    cell* target;
    std::uint64_t number;
    cell::item_map::node_type put;  ///< empty: the value is removed
  };

  std::unique_ptr<batch> work;               ///< null: it is already finished
  std::vector<std::shared_ptr<cell>> cells;  ///< each once
  std::vector<prepared> changes{};           ///< while they are being stored
  std::list<pending_batch>::iterator self{};
  bool has_turn = false;
};

}  // namespace mqcoap
