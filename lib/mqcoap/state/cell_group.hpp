#pragma once

#include <cstddef>
#include <memory>
#include <mqcoap/state/cell.hpp>
#include <mqcoap/state/cell_plan.hpp>
#include <string>
#include <vector>

namespace mqcoap {

class resource_state;

/// The cells of one device, according to a plan. Each is created when it is first needed, which is when it is
/// first changed: until then it has only the initial value of its terms, which is in the plan.
class cell_group {
 public:
  /// @param of  must outlive it
  cell_group(resource_state& of, std::string device, std::shared_ptr<const cell_plan> plan);
  cell_group(const cell_group&) = delete;
  cell_group& operator=(const cell_group&) = delete;

  resource_state& state() const noexcept { return state_; }
  const cell_plan& plan() const noexcept { return *plan_; }
  /// Returns null while the cell has not been needed: then its value is the initial one of its terms.
  const std::shared_ptr<cell>& find(std::size_t number) const noexcept {
    return made_.empty() ? none_ : made_[number];
  }
  /// Returns the cell; creates it if necessary.
  std::shared_ptr<cell> open(std::size_t number);

 private:
  friend class resource_state;
  friend class state_draft;

  cell_name name_of(std::size_t number) const;
  void make_room();

  static const std::shared_ptr<cell> none_;
  resource_state& state_;
  const std::string device_;
  const std::shared_ptr<const cell_plan> plan_;
  std::vector<std::shared_ptr<cell>> made_;  ///< by number; empty: none has been created
};

}  // namespace mqcoap
