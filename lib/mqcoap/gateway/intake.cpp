#include <mqcoap/gateway/intake.hpp>

#include <algorithm>
#include <iterator>
#include <unordered_set>

namespace mqcoap {

void intake::subscribe(const std::vector<std::string>& wanted) {
  std::unordered_set<std::string> missing(wanted.begin(), wanted.end());
  std::list<standing_subscription> kept;
  for (auto* const list : {&requests_, &outdated_})
    for (auto at = list->begin(); at != list->end();) {
      const auto next = std::next(at);
      if (missing.erase(at->filter()) > 0) kept.splice(kept.end(), *list, at);
      at = next;
    }
  outdated_.splice(outdated_.end(), requests_);
  requests_ = std::move(kept);
  for (const auto& filter : wanted)
    if (missing.contains(filter))
      requests_.emplace_back(*via, filter,
                             [this, filter](error_code ec) { hooks_.subscribed(*this, filter, ec); });
}

void intake::ask() {
  for (auto& each : requests_) each.ask();
}

void intake::on_link_down() {
  for (auto& each : requests_) each.on_link_down();
  outdated_.clear();
}

void intake::unsubscribe() {
  requests_.clear();
  outdated_.clear();
}

void intake::drop_outdated() {
  for (const auto& each : requests_)
    if (via->up() && each.awaited()) return;
  outdated_.clear();
}

bool intake::confirmed() const noexcept {
  return std::all_of(requests_.begin(), requests_.end(),
                     [](const standing_subscription& each) { return each.confirmed(); });
}

bool intake::has(std::string_view filter) const noexcept {
  const auto is_it = [filter](const standing_subscription& each) { return each.filter() == filter; };
  return std::any_of(requests_.begin(), requests_.end(), is_it) ||
         std::any_of(outdated_.begin(), outdated_.end(), is_it);
}

void intake::request_ended() noexcept {
  request_way::request_ended();
  hooks_.ended();
}

}  // namespace mqcoap
