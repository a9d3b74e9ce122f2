#include <mqcoap/exchange/outcome_memory.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace mqcoap {
namespace {

constexpr std::size_t least_places = 256;

}  // namespace

void outcome_memory::note(const request_id& id, outcome how, steady_time now) noexcept {
  if (count_ == ring_.size()) {
    const bool oldest_counts = count_ == 0 || now - ring_[first_].at < window;
    const bool grew = oldest_counts && count_ < most && grow();
    if (!grew && count_ == 0) return;  // the first allocation failed: nothing is remembered
    if (!grew) forget_oldest();
  }
  const auto hash = id.hash();
  const auto place = static_cast<index>((first_ + count_++) & (ring_.size() - 1));
  auto& newest = bucket_of(hash);
  ring_[place] = {hash, now, newest, how};
  newest = place;
}

outcome_memory::outcome outcome_memory::recall(const request_id& id) const noexcept {
  if (count_ == 0) return outcome::unknown;
  const auto hash = id.hash();
  for (auto at = newest_[hash & (newest_.size() - 1)]; at != none; at = ring_[at].older)
    if (ring_[at].hash == hash) return ring_[at].how;
  return outcome::unknown;
}

/// Doubles the capacity. Returns false if allocation fails.
bool outcome_memory::grow() noexcept try {
  const auto places = std::max(2 * ring_.size(), least_places);
  std::vector<entry> ring(places);
  std::vector<index> newest(places, none);
  for (std::size_t i = 0; i < count_; ++i) {
    ring[i] = ring_[(first_ + i) & (ring_.size() - 1)];
    auto& head = newest[ring[i].hash & (places - 1)];
    ring[i].older = head;
    head = static_cast<index>(i);
  }
  ring_ = std::move(ring);
  newest_ = std::move(newest);
  first_ = 0;
  return true;
} catch (const std::bad_alloc&) {
  return false;
}

/// Removes the oldest entry, which is the last one in the chain of its bucket.
void outcome_memory::forget_oldest() noexcept {
  index* link = &bucket_of(ring_[first_].hash);
  while (*link != first_) link = &ring_[*link].older;
  *link = none;
  first_ = (first_ + 1) & (ring_.size() - 1);
  --count_;
}

}  // namespace mqcoap
