#include <mqcoap/transport/outage_causes.hpp>

#include <algorithm>
#include <utility>

namespace mqcoap {
namespace {

/// The number of different causes in one outage above which a cause is reported only if it occurs twice
/// in a row.
constexpr std::size_t most_known = 16;

}  // namespace

outage_causes::news outage_causes::note(const cause& why) {
  const bool again = why == std::exchange(last_, why);
  if (why == last_reported_) return {!again, false};
  const bool known = std::find(known_.begin(), known_.end(), why) != known_.end();
  const bool is_news = again || (!known && known_.size() < most_known);
  if (is_news) last_reported_ = why;
  if (is_news && !known && known_.size() < most_known) known_.push_back(why);
  return {!again, is_news};
}

void outage_causes::clear() noexcept {
  last_.clear();
  last_reported_.clear();
  known_.clear();
}

}  // namespace mqcoap
