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
  if (why == told_) return {!again, false};
  const bool known = std::find(known_.begin(), known_.end(), why) != known_.end();
  const bool telling = again || (!known && known_.size() < most_known);
  if (telling) told_ = why;
  if (telling && !known && known_.size() < most_known) known_.push_back(why);
  return {!again, telling};
}

void outage_causes::clear() noexcept {
  last_.clear();
  told_.clear();
  known_.clear();
}

}  // namespace mqcoap
