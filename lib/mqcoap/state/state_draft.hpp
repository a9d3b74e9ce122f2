#pragma once

#include <memory>
#include <mqcoap/state/resource_state.hpp>
#include <set>
#include <string>
#include <vector>

namespace mqcoap {

/// The state that a configuration will have which is being built. Until `put_in_force`, nothing has changed;
/// without it, nothing ever does.
class state_draft {
 public:
  explicit state_draft(resource_state& of) : state_(of) {}

  resource_state& state() const noexcept { return state_; }
  /// The cell of this name, as it is, or a new one that holds what the terms begin with. Who opens it first
  /// says the terms.
  std::shared_ptr<cell> open(cell_name name, std::shared_ptr<const cell_terms> terms);
  /// Keeps every cell of a device that stays as it is.
  void keep(const std::string& device) { kept_devices_.insert(device); }

  /// Puts the terms in force, each behind what is under way on its cell, and forgets cells that were neither
  /// opened nor kept.
  void put_in_force() noexcept;

 private:
  struct opened {
    std::shared_ptr<cell> held;
    std::shared_ptr<const cell_terms> terms;  ///< null: it is new, and has them
  };

  resource_state& state_;
  std::set<std::string> kept_devices_;
  std::vector<opened> opened_;
  resource_state::cell_set cells_;
};

}  // namespace mqcoap
