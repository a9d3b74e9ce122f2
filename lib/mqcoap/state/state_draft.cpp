#include <mqcoap/state/state_draft.hpp>

#include <utility>

namespace mqcoap {

std::shared_ptr<cell> state_draft::open(cell_name name, std::shared_ptr<const cell_terms> terms) {
  if (const auto at = cells_.find(name); at != cells_.end()) return *at;
  auto held = state_.find(name);
  // The call above may have created and opened it already.
  if (const auto at = cells_.find(name); at != cells_.end()) return *at;
  // The contents of a store take precedence over a cell that was only in memory meanwhile.
  if (terms->is_lasting() && (held == nullptr || !held->terms().is_lasting()))
    if (auto stored = state_.find_dormant(name)) held = std::move(stored);
  // A stored cell may lack the value that this kind of resource always has.
  const bool is_known = held != nullptr && (held->find(0) != nullptr || !terms->initial());
  const bool is_requested = state_.is_shared() && terms->is_lasting();
  auto& opened_before = of(name.device).all;
  if (!is_known) held = state_.make_cell(std::move(name), terms);
  opened_before.push_back({held, is_known || is_requested ? std::move(terms) : nullptr});
  cells_.insert(held);
  return held;
}

/// Opens the device's existing cells, and creates those that are only planned if their terms change, since
/// new terms may change the value.
std::shared_ptr<cell_group> state_draft::open(const std::string& device,
                                              std::shared_ptr<const cell_plan> plan) {
  auto& group =
      *groups_.insert_or_assign(device, std::make_shared<cell_group>(state_, device, std::move(plan)))
           .first->second;
  for (auto at = state_.cells_.lower_bound(cell_name{device, {}, {}});
       at != state_.cells_.end() && (*at)->name().device == device; ++at)
    follow(*at);
  if (const auto* const before = state_.group_of(device))
    for (const auto number : changes_between(before->plan(), group.plan())) open_planned(group, number);
  return groups_.find(device)->second;
}

/// Opens a cell that a group of the draft has planned.
void state_draft::follow(const std::shared_ptr<cell>& made) {
  const auto group = groups_.find(made->name().device);
  if (group == groups_.end()) return;
  if (const auto number = group->second->plan().find(made->name().path, made->name().kind))
    open_planned(*group->second, *number);
}

void state_draft::open_planned(cell_group& group, std::size_t number) {
  if (group.find(number) != nullptr) return;
  group.make_room();
  group.made_[number] = open(group.name_of(number), group.plan()[number].terms);
}

/// Caches the result, because the devices of one template have the same pair of plans.
const std::vector<std::size_t>& state_draft::changes_between(const cell_plan& before, const cell_plan& next) {
  const auto [at, is_new] = compared_.try_emplace({&before, &next});
  if (!is_new || &before == &next) return at->second;
  for (std::size_t i = 0; i < next.size(); ++i) {
    const auto number = before.find(next[i].path, next[i].kind);
    if (number && !next[i].terms->is_same_as(*before[*number].terms)) at->second.push_back(i);
  }
  return at->second;
}

bool state_draft::has(const cell_group& group) const noexcept {
  const auto at = groups_.find(group.device_);
  return at != groups_.end() && at->second.get() == &group;
}

/// Keeps the cells and groups of unchanged devices.
void state_draft::keep_cells() noexcept {
  for (auto at = state_.cells_.begin(); at != state_.cells_.end();) {
    const auto next = std::next(at);
    if (kept_devices_.contains((*at)->name().device)) cells_.insert(state_.cells_.extract(at));
    at = next;
  }
  for (const auto& device : kept_devices_)
    if (const auto at = state_.groups_.find(device); at != state_.groups_.end())
      groups_.insert(state_.groups_.extract(at));
}

/// Stored cells whose resource was removed become dormant.
void state_draft::put_in_force() noexcept {
  auto& all = state_.cells_;
  auto& dormant = state_.dormant_;
  keep_cells();
  all.swap(cells_);
  state_.groups_.swap(groups_);
  groups_.clear();
  for (const auto& each : all)
    if (const auto at = dormant.find(each->name()); at != dormant.end() && *at == each) dormant.erase(at);
  for (auto at = cells_.begin(); at != cells_.end();) {
    const auto next = std::next(at);
    if ((*at)->terms().is_lasting() && !all.contains((*at)->name())) dormant.insert(cells_.extract(at));
    at = next;
  }
  for (auto& each : parts_) adopt(each);
}

/// Replaces the planned cells of a device.
void state_draft::put_group_in_force(std::string_view device) noexcept {
  if (const auto before = state_.groups_.find(device); before != state_.groups_.end())
    state_.groups_.erase(before);
  if (const auto next = groups_.find(device); next != groups_.end())
    state_.groups_.insert(groups_.extract(next));
}

/// Relies on the order of the sets, in which the cells of a device are adjacent.
void state_draft::put_in_force(std::string_view device) noexcept {
  auto& all = state_.cells_;
  auto& dormant = state_.dormant_;
  auto& own = *part_of_.find(device)->second;
  const auto is_of_device = [device](const auto& at, const auto& set) {
    return at != set.end() && (*at)->name().device == device;
  };
  resource_state::cell_set before;
  for (auto at = all.lower_bound(own.from); is_of_device(at, all);) before.insert(all.extract(at++));
  for (auto at = cells_.lower_bound(own.from); is_of_device(at, cells_);) {
    const auto waited = dormant.find((*at)->name());
    if (waited != dormant.end() && *waited == *at) dormant.erase(waited);
    all.insert(cells_.extract(at++));
  }
  for (auto at = before.begin(); at != before.end();) {
    const auto each = at++;
    if ((*each)->terms().is_lasting() && !all.contains((*each)->name())) dormant.insert(before.extract(each));
  }
  put_group_in_force(device);
  adopt(own);
}

state_draft::part& state_draft::of(const std::string& device) {
  if (const auto at = part_of_.find(device); at != part_of_.end()) return *at->second;
  auto& made = parts_.emplace_back(part{{device, {}, {}}, {}});
  part_of_.emplace(made.from.device, &made);
  return made;
}

void state_draft::adopt(part& of_device) noexcept {
  for (auto& [held, terms] : of_device.all)
    if (terms) state_.adopt(held, std::move(terms));
  of_device.all = {};
}

}  // namespace mqcoap
