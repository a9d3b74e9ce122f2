#include <mqcoap/transport/packet_size_watch.hpp>

#include <algorithm>
#include <utility>

namespace mqcoap {

void packet_size_watch::sent(int id, std::size_t bytes, bool awaits_written, steady_time now) noexcept {
  if (bytes < least || bytes <= proven_) return;
  if (suspect_.bytes > 0 && !is_recent(now)) acquit();
  if (bytes > std::max(proven_, suspect_.bytes))
    suspect_ = {id, bytes, awaits_written, awaits_written, now, {}};
}

void packet_size_watch::written(steady_time now) noexcept {
  if (!suspect_.leaving) return;  // a later message with the same id, since ids are reused
  suspect_.leaving = false;
  suspect_.at = now;
}

void packet_size_watch::heard(steady_time now) noexcept {
  if (!awaits_word()) return;
  if (!suspect_.left) suspect_.left = now;
  if (now - *suspect_.left > under_way) acquit();
}

std::optional<std::size_t> packet_size_watch::ended(steady_time now, cause why) noexcept {
  accused_before_.reset();
  const bool is_sign = why == cause::too_large || (why == cause::unknown && is_recent(now));
  if (suspect_.bytes > 0 && is_sign) {
    const auto bytes = std::exchange(suspect_, {}).bytes;
    if (why == cause::unknown) accused_before_ = accused_;
    refused_ = accused_ > 0;
    accused_ = refused_ ? std::min(accused_, bytes) : bytes;
    return bytes;
  }
  if (!is_recent(now)) acquit();
  suspect_ = {};
  proven_ = 0;
  refused_ = false;
  return std::nullopt;
}

bool packet_size_watch::withdraw() noexcept {
  if (!accused_before_) return false;
  accused_ = *std::exchange(accused_before_, std::nullopt);
  proven_ = 0;
  refused_ = false;
  return true;
}

packet_limit packet_size_watch::limit() const noexcept {
  if (!refused_ || accused_ == 0) return {};
  return {accused_ - 1, packet_limit::origin::observed};
}

void packet_size_watch::acquit() noexcept {
  proven_ = std::max(proven_, std::exchange(suspect_, {}).bytes);
  if (proven_ >= accused_) accused_ = 0;
}

}  // namespace mqcoap
