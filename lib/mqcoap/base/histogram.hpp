#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace mqcoap {

/// Counts durations in nanoseconds over the whole range of 64 bits: every power of two is divided into 2^Bits
/// buckets of equal width.
template <unsigned Bits>
class basic_histogram {
 public:
  void record(std::uint64_t value) noexcept {
    ++buckets_[index(value)];
    ++count_;
    sum_ += static_cast<double>(value);
    max_ = std::max(max_, value);
  }

  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t max() const noexcept { return max_; }
  double mean() const noexcept { return count_ ? sum_ / static_cast<double>(count_) : 0.0; }

  /// Returns the value that the given share (0 to 1) of all values does not exceed, rounded to the middle of
  /// its bucket; 0 if there are no values.
  std::uint64_t quantile(double share) const noexcept {
    const auto wanted = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_[i];
      if (seen >= wanted) return std::min(middle(i), max_);
    }
    return max_;
  }

  /// Adds the counts of another histogram.
  void add(const basic_histogram& other) noexcept {
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    sum_ += other.sum_;
    max_ = std::max(max_, other.max_);
  }

  void clear() noexcept { *this = basic_histogram{}; }

 private:
  static constexpr std::uint64_t per_octave = 1u << Bits;

  static std::size_t index(std::uint64_t value) noexcept {
    if (value < per_octave) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - Bits - 1;
    return (shift + 1) * per_octave + ((value >> shift) - per_octave);
  }
  static std::uint64_t middle(std::size_t i) noexcept {
    if (i < per_octave) return i;
    const auto shift = i / per_octave - 1;
    const std::uint64_t low = (per_octave + i % per_octave) << shift;
    return low + ((std::uint64_t{1} << shift) >> 1);
  }

  std::array<std::uint64_t, (64 - Bits + 1) * per_octave> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

/// A histogram with buckets that are at most 0.8 % wide: 59 KB.
using histogram = basic_histogram<7>;

}  // namespace mqcoap
