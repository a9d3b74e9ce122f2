#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace mqcoap {

/// Counts durations up to fixed bounds, for a Prometheus histogram.
class duration_counts {
 public:
  /// The upper bounds in seconds: from an answer that is served from memory to a very long timeout. The last
  /// bucket has no bound.
  static constexpr std::array bounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                     0.05,   0.1,     0.25,   0.5,   1.0,    2.5,   5.0,  10.0};

  void record(std::chrono::nanoseconds d) noexcept {
    const double seconds = std::chrono::duration<double>(d).count();
    ++buckets_[static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), seconds) -
                                        bounds.begin())];
    ++count_;
    sum_ += seconds;
  }

  std::uint64_t count() const noexcept { return count_; }
  /// Returns the sum in seconds.
  double sum() const noexcept { return sum_; }
  /// Returns the number of durations up to bound `i` and above the previous one.
  std::uint64_t in_bucket(std::size_t i) const noexcept { return buckets_[i]; }

 private:
  std::array<std::uint64_t, bounds.size() + 1> buckets_{};
  std::uint64_t count_ = 0;
  double sum_ = 0;
};

}  // namespace mqcoap
