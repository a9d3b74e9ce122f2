#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mqcoap/state/cell_group.hpp>
#include <mqcoap/state/resource_state.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap {

/// The state of a configuration that is being built. Nothing changes before `put_in_force`; a draft that is
/// destroyed changes nothing. There is only one at a time.
class state_draft {
 public:
  explicit state_draft(resource_state& of) : state_(of) { state_.draft_ = this; }
  ~state_draft() { state_.draft_ = nullptr; }
  state_draft(const state_draft&) = delete;
  state_draft& operator=(const state_draft&) = delete;

  resource_state& state() const noexcept { return state_; }
  /// Returns the cell of this name, unchanged, or a new one with the initial value of the terms. The first
  /// caller sets the terms.
  std::shared_ptr<cell> open(cell_name name, std::shared_ptr<const cell_terms> terms);
  /// Returns the cells of a device by a plan; only those that differ from it are created. Precondition: none
  /// of them is lasting.
  std::shared_ptr<cell_group> open(const std::string& device, std::shared_ptr<const cell_plan> plan);
  /// Keeps all cells of an unchanged device.
  void keep(const std::string& device) { kept_devices_.insert(device); }

  /// Applies the terms, for each cell after its pending changes, and erases cells that were neither opened
  /// nor kept.
  void put_in_force() noexcept;
  /// Does the same for a single device. Do not combine it with the other overload. Precondition: a cell of
  /// the device was opened, or it was cleared.
  void put_in_force(std::string_view device) noexcept;
  /// Opens no cell of a device: its cells are removed when this is put in force.
  void clear(const std::string& device) { of(device); }

 private:
  friend class resource_state;
  struct opened {
    std::shared_ptr<cell> held;
    std::shared_ptr<const cell_terms> terms;  ///< null: the cell is new, and already has them
  };
  using plan_pair = std::pair<const cell_plan*, const cell_plan*>;

  bool has(const cell_group& group) const noexcept;
  void follow(const std::shared_ptr<cell>& made);
  void open_planned(cell_group& group, std::size_t number);
  const std::vector<std::size_t>& changes_between(const cell_plan& before, const cell_plan& next);
  void keep_cells() noexcept;
  void put_group_in_force(std::string_view device) noexcept;

  /// The cells of a device that were opened, in order.
  struct part {
    cell_name from;  ///< sorts before the names of all of its cells
    std::vector<opened> all{};
  };

  part& of(const std::string& device);
  void adopt(part& of_device) noexcept;

  resource_state& state_;
  std::set<std::string> kept_devices_;
  std::deque<part> parts_;  ///< in the order of opening
  std::map<std::string_view, part*> part_of_;
  resource_state::cell_set cells_;
  resource_state::group_map groups_;
  std::map<plan_pair, std::vector<std::size_t>> compared_;  ///< the numbers of cells with other terms
};

}  // namespace mqcoap
