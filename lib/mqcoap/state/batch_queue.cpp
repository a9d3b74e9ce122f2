#include <mqcoap/state/batch_queue.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace mqcoap {
namespace {

/// The maximum number of batches that follow the first one of a group.
constexpr std::size_t most_followers = 1023;

}  // namespace

bool batch_queue::is_free(const cell_list& cells) noexcept {
  return std::all_of(cells.begin(), cells.end(), [](const auto& each) { return each->line_.empty(); });
}

pending_batch& batch_queue::add(cell_list cells, std::unique_ptr<batch>& work) {
  pending_list one;
  auto& p = one.emplace_back();
  p.self = one.begin();
  p.cells = std::move(cells);
  const bool is_free_now = is_free(p.cells);
  enter(p);
  p.work = std::move(work);
  if (is_free_now) begin(p, p);
  auto& to = is_free_now ? under_way_ : waiting_;
  to.splice(to.end(), one);
  return p;
}

/// Appends a batch to the queue of each of its cells. If memory allocation fails, it is appended to none.
void batch_queue::enter(pending_batch& p) {
  for (const auto& each : p.cells)
    if (each->line_.size() == each->line_.capacity()) each->line_.reserve(2 * each->line_.size() + 1);
  for (const auto& each : p.cells) each->line_.push_back(&p);
}

void batch_queue::begin(pending_batch& p, const pending_batch& leader) noexcept {
  p.has_turn = true;
  for (const auto& each : p.cells) {
    ++each->under_way_;
    each->leader_ = &leader;
  }
}

/// Removes a batch from the queues, and moves batches that can begin now to `ready_`.
void batch_queue::leave(const pending_batch& p) noexcept {
  for (const auto& each : p.cells) {
    std::erase(each->line_, &p);
    --each->under_way_;
  }
  for (const auto& each : p.cells) {
    if (each->line_.empty()) continue;
    auto& next = *each->line_.front();
    if (next.has_turn || !is_first(next)) continue;
    next.has_turn = true;
    ready_.splice(ready_.end(), waiting_, next.self);
  }
}

pending_batch* batch_queue::next() noexcept {
  if (ready_.empty()) return nullptr;
  auto& p = ready_.front();
  under_way_.splice(under_way_.end(), ready_, ready_.begin());
  begin(p, p);
  return &p;
}

bool batch_queue::is_first(const pending_batch& p) noexcept {
  return std::all_of(p.cells.begin(), p.cells.end(),
                     [&p](const auto& each) { return each->line_.front() == &p; });
}

/// Returns true if every batch before this one on its cells belongs to the group of the leader.
bool batch_queue::may_follow(const pending_batch& p, const pending_batch& leader) noexcept {
  return std::all_of(p.cells.begin(), p.cells.end(), [&](const auto& each) {
    return each->line_[each->under_way_] == &p && (each->under_way_ == 0 || each->leader_ == &leader);
  });
}

void batch_queue::gather(pending_batch& leader) noexcept try {
  for (std::size_t i = 0; i <= leader.followers.size(); ++i) {
    const auto& member = i == 0 ? leader : *leader.followers[i - 1];
    for (const auto& each : member.cells) {
      if (each->line_.size() == each->under_way_ || leader.followers.size() == most_followers) continue;
      auto& next = *each->line_[each->under_way_];
      if (!may_follow(next, leader)) continue;
      leader.followers.push_back(&next);
      under_way_.splice(under_way_.end(), waiting_, next.self);
      begin(next, leader);
    }
  }
} catch (const std::bad_alloc&) {
  return;
}

batch_queue::pending_list batch_queue::end(pending_batch& leader) noexcept {
  pending_list ended;
  for_each_member(leader, [&](const pending_batch& p) { ended.splice(ended.end(), under_way_, p.self); });
  return ended;
}

batch_queue::pending_list batch_queue::abandon() noexcept {
  pending_list ended;
  ended.splice(ended.end(), waiting_);
  ended.splice(ended.end(), ready_);
  for (auto& p : ended)
    for (const auto& each : p.cells) std::erase(each->line_, &p);
  return ended;
}

}  // namespace mqcoap
