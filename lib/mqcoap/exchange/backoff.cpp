#include <mqcoap/exchange/backoff.hpp>

#include <algorithm>

namespace mqcoap {

backoff::backoff(options o) noexcept : options_(o) {
  options_.longest = std::max(options_.longest, options_.shortest);
  options_.longest_at_first = std::clamp(options_.longest_at_first, options_.shortest, options_.longest);
}

std::chrono::milliseconds backoff::next(std::chrono::nanoseconds lasted, std::uint64_t random) noexcept {
  const bool over = range_.count() == 0 || lasted >= options_.settled;
  if (over) waited_ = {};
  const auto longest = waited_ < options_.at_first ? options_.longest_at_first : options_.longest;
  range_ = std::min(longest, 2 * (over ? options_.shortest : range_));
  const auto from = std::max(options_.shortest, range_ / 2);
  const auto width = static_cast<std::uint64_t>((range_ - from).count());
  const auto wait = from + std::chrono::milliseconds(random % (width + 1));
  waited_ += wait;
  return wait;
}

}  // namespace mqcoap
