#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/duration_counts.hpp>
#include <optional>
#include <string>

namespace mqcoap::store {

/// Counts sizes in buckets with fixed bounds, which double.
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

/// The status of a store, and its counts since it was opened.
struct store_status {
  std::string engine{"sqlite"};        ///< or `postgresql`
  std::string where;                   ///< the file, or the database
  std::int64_t bytes = 0;              ///< its size
  std::uint64_t cells = 0;             ///< resources whose state was restored when it was opened
  duration_counts commits;             ///< stored transactions, and their durations
  size_counts batches;                 ///< the number of changes in each of them
  std::uint64_t values = 0;            ///< stored values
  std::uint64_t refused = 0;           ///< changes that could not be stored, in SQLite also records of writes
  std::uint64_t waiting = 0;           ///< changes that are waiting to be stored
  std::int64_t set_aside = 0;          ///< values no longer in force because their resource rejected them
  std::optional<std::string> failing;  ///< why the last transaction failed; none: it succeeded
  std::optional<std::string> damaged;  ///< the new name of the database that was found damaged at the start
};

}  // namespace mqcoap::store
