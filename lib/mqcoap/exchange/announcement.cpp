#include <mqcoap/exchange/announcement.hpp>

#include <algorithm>
#include <mqcoap/protocol/presence.hpp>
#include <utility>

namespace mqcoap {
namespace {

constexpr std::size_t most_remembered = 8;
/// The limit of how far a date may lie in the future. Later ones come from a wrong clock and are ignored.
constexpr std::int64_t believable_ms = 3'600'000;

}  // namespace

std::int64_t announcement::newer_date() const { return std::max(time_.wall().count, newest_ + 1); }

std::string announcement::begin_connection() {
  wanted_ = need::nothing;
  since_ = newer_date();
  newest_ = since_ + 1;
  return presence_payload(false, {newest_});
}

void announcement::redate() { since_ = newest_ = newer_date(); }

std::string announcement::online() {
  online_ = true;
  heard_back_ = false;
  auto payload = presence_payload(true, {since_});
  keep(payload);
  return payload;
}

std::string announcement::offline() {
  online_ = false;
  wanted_ = need::nothing;
  newest_ = newer_date();
  auto payload = presence_payload(false, {newest_});
  keep(payload);
  return payload;
}

void announcement::keep(const std::string& payload) {
  if (is_own(payload)) return;
  said_.push_back(payload);
  if (said_.size() > most_remembered) said_.pop_front();
}

bool announcement::is_own(std::string_view payload) const noexcept {
  return std::find(said_.begin(), said_.end(), payload) != said_.end();
}

void announcement::heard(std::string_view payload, bool retained) {
  if (is_own(payload)) {
    heard_back_ = heard_back_ || payload == said_.back();
    return;
  }
  const auto what = read_presence(payload);
  const auto date = what ? what->updated : std::nullopt;
  const bool is_newer = date && date->count >= since_;
  note_date(date);
  if (payload.empty() || (what && what->is_offline())) {
    if (!retained) contested_ = false;
    // An older retained message is replaced by this one, unless it has a newer date.
    if (online_ && (!retained || is_newer)) want(is_newer ? need::renew : need::repeat);
  } else if (!retained && !std::exchange(contested_, true) && online_) {
    want(need::repeat);  // so that the other program notices this one, too
  }
}

void announcement::note_date(std::optional<unix_millis> heard) {
  if (heard && heard->count <= time_.wall().count + believable_ms) newest_ = std::max(newest_, heard->count);
}

void announcement::want(need what) {
  const auto now = time_.now();
  if (wanted_ == need::nothing) due_ = std::max(due_, now);
  wanted_ = std::max(wanted_, what);
}

announcement::need announcement::take_need() {
  const auto now = time_.now();
  if (wanted_ == need::nothing || now < due_) return need::nothing;
  const auto lasted = corrected_ ? now - *corrected_ : std::chrono::nanoseconds(std::chrono::hours(1));
  corrected_ = now;
  due_ = now + backoff_.next(lasted, random_());  // for the next need
  return std::exchange(wanted_, need::nothing);
}

}  // namespace mqcoap
