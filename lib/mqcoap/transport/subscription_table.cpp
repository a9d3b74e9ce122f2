#include <mqcoap/transport/subscription_table.hpp>

#include <algorithm>
#include <mqcoap/transport/reason_code.hpp>
#include <mqcoap/transport/topic_filter.hpp>
#include <utility>

namespace mqcoap {
namespace {

void answer_all(std::vector<subscription_table::handler>& waiting, error_code error,
                std::vector<subscription_table::answer>& due) {
  for (auto& done : std::exchange(waiting, {})) due.push_back({std::move(done), error});
}

}  // namespace

subscription_table::step subscription_table::keep(const std::string& filter, handler& done) {
  auto& kept = kept_[filter];
  if (filter.find('.') != std::string::npos) {
    auto slashed = filter;
    std::replace(slashed.begin(), slashed.end(), '.', '/');
    with_dots_.emplace(filter, std::move(slashed));
  }
  if (kept.now == state::confirmed) return step::confirmed;
  if (done) kept.waiting.push_back(std::move(done));
  if (kept.now == state::note_sent) return step::wait;
  return step::send;
}

bool subscription_table::drop(std::string_view filter, std::vector<answer>& due) {
  const auto found = kept_.find(filter);
  if (found == kept_.end()) return false;
  answer_all(found->second.waiting, errc::closed, due);
  kept_.erase(found);
  if (const auto dotted = with_dots_.find(filter); dotted != with_dots_.end()) with_dots_.erase(dotted);
  return true;
}

std::vector<std::string> subscription_table::begin_connection() {
  in_flight_.clear();
  std::vector<std::string> all;
  all.reserve(kept_.size());
  for (auto& [filter, kept] : kept_) {
    kept.now = state::idle;
    kept.packet_id = 0;
    all.push_back(filter);
  }
  return all;
}

void subscription_table::note_sent(int id, std::vector<std::string> filters) {
  for (const auto& filter : filters)
    if (const auto found = kept_.find(filter); found != kept_.end()) {
      found->second.now = state::note_sent;
      found->second.packet_id = id;
    }
  in_flight_[id] = std::move(filters);
}

std::vector<subscription_table::denial> subscription_table::answered(int id, std::span<const int> reasons,
                                                                     std::vector<answer>& due) {
  std::vector<denial> denied;
  auto note_sent = in_flight_.extract(id);
  if (!note_sent) return denied;
  for (std::size_t i = 0; i < note_sent.mapped().size(); ++i) {
    const auto& filter = note_sent.mapped()[i];
    const auto found = kept_.find(filter);
    // It was dropped in the meantime, or dropped and subscribed again: then the later answer counts.
    if (found == kept_.end() || found->second.packet_id != id) continue;
    auto& kept = found->second;
    const bool granted = i < reasons.size() && reasons[i] < first_failure;
    kept.now = granted ? state::confirmed : state::denied;
    if (!granted) denied.push_back({filter, !kept.denial_reported});
    kept.denial_reported = !granted;
    answer_all(kept.waiting, granted ? error_code{} : error_code{errc::denied}, due);
  }
  return denied;
}

std::string_view subscription_table::meant_by(std::string_view topic) const {
  const auto meant = std::find_if(with_dots_.begin(), with_dots_.end(),
                                  [topic](const auto& f) { return filter_matches(f.second, topic); });
  if (meant == with_dots_.end()) return {};
  const bool wanted = std::any_of(kept_.begin(), kept_.end(),
                                  [topic](const auto& f) { return filter_matches(f.first, topic); });
  return wanted ? std::string_view() : meant->first;
}

std::vector<subscription_table::answer> subscription_table::close() {
  std::vector<answer> due;
  for (auto& [filter, kept] : kept_) answer_all(kept.waiting, errc::closed, due);
  return due;
}

}  // namespace mqcoap
