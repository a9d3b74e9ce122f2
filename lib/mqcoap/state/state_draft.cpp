#include <mqcoap/state/state_draft.hpp>

#include <utility>

namespace mqcoap {

std::shared_ptr<cell> state_draft::open(cell_name name, std::shared_ptr<const cell_terms> terms) {
  if (const auto at = cells_.find(name); at != cells_.end()) return *at;
  auto held = state_.find(name);
  // What a store has comes before what was only in memory meanwhile.
  if (terms->is_lasting() && (held == nullptr || !held->terms().is_lasting()))
    if (auto stored = state_.find_dormant(name)) held = std::move(stored);
  // What a store has may be without the value that this kind of resources always has.
  const bool is_known = held != nullptr && (held->find(0) != nullptr || !terms->initial());
  const bool is_asked_for = state_.is_shared() && terms->is_lasting();
  auto& opened_before = of(name.device).all;
  if (!is_known) held = state_.make_cell(std::move(name), terms);
  opened_before.push_back({held, is_known || is_asked_for ? std::move(terms) : nullptr});
  cells_.insert(held);
  return held;
}

/// Stored cells that have lost their resource wait for it.
void state_draft::put_in_force() noexcept {
  auto& all = state_.cells_;
  auto& dormant = state_.dormant_;
  for (auto at = all.begin(); at != all.end();) {
    const auto next = std::next(at);
    if (kept_devices_.contains((*at)->name().device)) cells_.insert(all.extract(at));
    at = next;
  }
  all.swap(cells_);
  for (const auto& each : all)
    if (const auto at = dormant.find(each->name()); at != dormant.end() && *at == each) dormant.erase(at);
  for (auto at = cells_.begin(); at != cells_.end();) {
    const auto next = std::next(at);
    if ((*at)->terms().is_lasting() && !all.contains((*at)->name())) dormant.insert(cells_.extract(at));
    at = next;
  }
  for (auto& each : parts_) adopt(each);
}

/// The cells of a device follow each other in the sets.
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
