#include <mqcoap/state/terms_adoption.hpp>

#include <algorithm>
#include <utility>

namespace mqcoap {

terms_adoption::terms_adoption(std::shared_ptr<cell> held, std::shared_ptr<const cell_terms> terms)
    : held_(std::move(held)), terms_(std::move(terms)), initial_(terms_->initial_version()) {
  ++held_->adoptions_;
}

terms_adoption::~terms_adoption() { --held_->adoptions_; }

change_list terms_adoption::decide() {
  auto changes = terms_->adopt(held_);
  if (!terms_->is_lasting() || held_->terms().is_lasting()) return changes;
  // Values that were not stored so far are stored unchanged.
  for (const auto& item : held_->items())
    if (std::none_of(changes.begin(), changes.end(), [&](const change& c) { return c.number == item.first; }))
      changes.push_back({held_, item.first, item.second});
  return changes;
}

void terms_adoption::finish(error_code why) noexcept {
  if (why) return;
  if (held_->wanted_ == terms_) held_->wanted_ = nullptr;
  held_->take_terms(std::move(terms_), std::move(initial_));
}

}  // namespace mqcoap
