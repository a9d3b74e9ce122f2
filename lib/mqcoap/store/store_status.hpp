#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/duration_counts.hpp>
#include <optional>
#include <string>

namespace mqcoap::store {

/// Counts sizes up to fixed bounds, which double.
class size_counts {
 public:
  static constexpr std::array bounds{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

  void record(std::size_t n) noexcept {
    std::size_t at = 0;
    while (at < bounds.size() && n > static_cast<std::size_t>(bounds[at])) ++at;
    ++buckets_[at];
    ++count_;
    sum_ += n;
  }
  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t sum() const noexcept { return sum_; }
  /// Returns the counts of sizes up to a bound and above the previous one.
  std::uint64_t in_bucket(std::size_t i) const noexcept { return buckets_[i]; }

 private:
  std::array<std::uint64_t, bounds.size() + 1> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
};

/// What a store does, and has done since it was opened.
struct store_status {
  std::string engine{"sqlite"};        ///< or `postgresql`
  std::string where;                   ///< the file, or the database
  std::int64_t bytes = 0;              ///< its size
  std::uint64_t cells = 0;             ///< resources of which it had a state when it was opened
  duration_counts commits;             ///< transactions that were stored, and how long they took
  size_counts batches;                 ///< how many changes each of them had
  std::uint64_t values = 0;            ///< that were stored
  std::uint64_t refused = 0;           ///< changes, and records of writes, that could not be stored
  std::uint64_t waiting = 0;           ///< changes that wait to be stored
  std::int64_t set_aside = 0;          ///< values that are out of force because their resource refused them
  std::optional<std::string> failing;  ///< why the last transaction was not stored; none: it was
  std::optional<std::string> damaged;  ///< the name of the database that was found damaged at the start
};

}  // namespace mqcoap::store
