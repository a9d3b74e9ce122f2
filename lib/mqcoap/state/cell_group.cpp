#include <mqcoap/state/cell_group.hpp>

#include <mqcoap/state/resource_state.hpp>
#include <utility>

namespace mqcoap {

const std::shared_ptr<cell> cell_group::none_;

cell_group::cell_group(resource_state& of, std::string device, std::shared_ptr<const cell_plan> plan)
    : state_(of), device_(std::move(device)), plan_(std::move(plan)) {}

cell_name cell_group::name_of(std::size_t number) const {
  const auto& planned = (*plan_)[number];
  return {device_, planned.path, planned.kind};
}

/// Allocates first, so that a cell that is created is also found here.
std::shared_ptr<cell> cell_group::open(std::size_t number) {
  if (const auto& made = find(number)) return made;
  make_room();
  return made_[number] = state_.open_planned(*this, number);
}

void cell_group::make_room() {
  if (made_.empty()) made_.resize(plan_->size());
}

}  // namespace mqcoap
