#include <mqcoap/transport/subscription_table.hpp>
#include <utility>

namespace mqcoap {
namespace {

constexpr int first_failure = 128;  // MQTT 5.0 section 3.9.3, and 0x80 in MQTT 3.1.1

void answer_all(std::vector<subscription_table::handler>& waiting, error_code error,
                std::vector<subscription_table::answer>& due) {
  for (auto& done : std::exchange(waiting, {})) due.push_back({std::move(done), error});
}

}  // namespace

subscription_table::step subscription_table::keep(const std::string& filter, handler& done) {
  auto& kept = kept_[filter];
  if (kept.now == state::confirmed) return step::confirmed;
  if (done) kept.waiting.push_back(std::move(done));
  if (kept.now == state::asked) return step::wait;
  return step::send;
}

bool subscription_table::drop(std::string_view filter, std::vector<answer>& due) {
  const auto found = kept_.find(filter);
  if (found == kept_.end()) return false;
  answer_all(found->second.waiting, errc::closed, due);
  kept_.erase(found);
  return true;
}

std::vector<std::string> subscription_table::begin_connection() {
  asked_.clear();
  std::vector<std::string> all;
  all.reserve(kept_.size());
  for (auto& [filter, kept] : kept_) {
    kept.now = state::idle;
    kept.asked_id = 0;
    all.push_back(filter);
  }
  return all;
}

void subscription_table::asked(int id, std::vector<std::string> filters) {
  for (const auto& filter : filters)
    if (const auto found = kept_.find(filter); found != kept_.end()) {
      found->second.now = state::asked;
      found->second.asked_id = id;
    }
  asked_[id] = std::move(filters);
}

std::vector<subscription_table::denial> subscription_table::answered(int id, std::span<const int> reasons,
                                                                     std::vector<answer>& due) {
  std::vector<denial> denied;
  auto asked = asked_.extract(id);
  if (!asked) return denied;
  for (std::size_t i = 0; i < asked.mapped().size(); ++i) {
    const auto& filter = asked.mapped()[i];
    const auto found = kept_.find(filter);
    // Dropped in the meantime, or dropped and asked for anew: then the later answer counts.
    if (found == kept_.end() || found->second.asked_id != id) continue;
    auto& kept = found->second;
    const bool granted = i < reasons.size() && reasons[i] < first_failure;
    kept.now = granted ? state::confirmed : state::denied;
    if (!granted) denied.push_back({filter, !kept.denial_told});
    kept.denial_told = !granted;
    answer_all(kept.waiting, granted ? error_code{} : error_code{errc::denied}, due);
  }
  return denied;
}

std::vector<subscription_table::answer> subscription_table::close() {
  std::vector<answer> due;
  for (auto& [filter, kept] : kept_) answer_all(kept.waiting, errc::closed, due);
  return due;
}

}  // namespace mqcoap
