#include <algorithm>
#include <mqcoap/exchange/backoff.hpp>

namespace mqcoap {

backoff::backoff(options o) noexcept : options_(o) {
  options_.longest = std::max(options_.longest, options_.shortest);
}

std::chrono::milliseconds backoff::next(std::chrono::nanoseconds lasted, std::uint64_t random) noexcept {
  const bool over = range_.count() == 0 || lasted >= options_.settled;
  range_ = std::min(options_.longest, 2 * (over ? options_.shortest : range_));
  const auto from = std::max(options_.shortest, range_ / 2);
  const auto width = static_cast<std::uint64_t>((range_ - from).count());
  return from + std::chrono::milliseconds(random % (width + 1));
}

}  // namespace mqcoap
