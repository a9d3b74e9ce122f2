#pragma once

#include <boost/container/small_vector.hpp>
#include <list>
#include <memory>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/state/batch.hpp>
#include <mqcoap/state/cell.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// A batch from its submission to its end. Used by resource_state.
struct pending_batch {
  struct prepared {
    cell* target;
    std::uint64_t number;
    cell::item_map::node_type
        put;             ///< empty: the value is removed; while the change is in force, the previous value
    std::uint64_t next;  ///< the cell's next number before it
    std::uint64_t stored_revision;  ///< of the cell, at the time of the decision
    std::string set_aside;          ///< see `change`
  };

  std::unique_ptr<batch> work;                            ///< null: it is already finished
  cell_list cells;                                        ///< each once
  boost::container::small_vector<prepared, 1> changes{};  ///< while they are being stored
  error_code failed{};                                    ///< the error if it could not decide
  /// The batches behind it on its cells, in order of arrival, whose changes are stored together with its own.
  std::vector<pending_batch*> followers{};
  int tries = 0;
  std::list<pending_batch>::iterator self{};
  bool has_turn = false;
};

}  // namespace mqcoap
