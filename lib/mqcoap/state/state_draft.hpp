#pragma once

#include <memory>
#include <mqcoap/state/resource_state.hpp>
#include <set>
#include <string>
#include <vector>

namespace mqcoap {

/// The state of a configuration that is being built. Nothing changes before `put_in_force`; a draft that is
/// destroyed changes nothing.
class state_draft {
 public:
  explicit state_draft(resource_state& of) : state_(of) {}

  resource_state& state() const noexcept { return state_; }
  /// Returns the cell of this name, unchanged, or a new one with the initial value of the terms. The first
  /// caller sets the terms.
  std::shared_ptr<cell> open(cell_name name, std::shared_ptr<const cell_terms> terms);
  /// Keeps all cells of a device that does not change.
  void keep(const std::string& device) { kept_devices_.insert(device); }

  /// Applies the terms, each after the changes under way on its cell, and erases cells that were neither
  /// opened nor kept.
  void put_in_force() noexcept;

 private:
  struct opened {
    std::shared_ptr<cell> held;
    std::shared_ptr<const cell_terms> terms;  ///< null: the cell is new, and already has them
  };

  resource_state& state_;
  std::set<std::string> kept_devices_;
  std::vector<opened> opened_;
  resource_state::cell_set cells_;
};

}  // namespace mqcoap
