#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <vector>

namespace mqcoap {

/// Remembers how the last exchanges ended, to classify unexpected answers as late, duplicate or foreign.
/// Every exchange of the last 300 s is remembered; only if there are more than 65,536 are the oldest
/// forgotten earlier. Grows to the size that is needed, and then no longer allocates.
class outcome_memory {
 public:
  static constexpr std::size_t most = 65'536;
  static constexpr std::chrono::seconds window{300};  ///< the same as in the duplicate filter

  enum class outcome : std::uint8_t { unknown, answered, timed_out };

  /// Records an exchange; one that is recorded again gets the later outcome. If allocation fails, forgets the
  /// oldest one to make room.
  void note(const request_id& id, outcome how, steady_time now) noexcept;
  outcome recall(const request_id& id) const noexcept;

  std::size_t size() const noexcept { return count_; }

 private:
  using index = std::uint32_t;
  static constexpr index none = ~index{0};

  struct entry {
    std::uint64_t hash;
    steady_time at;
    index older;  ///< the next one in the chain of its bucket
    outcome how;
  };

  index& bucket_of(std::uint64_t hash) noexcept { return newest_[hash & (newest_.size() - 1)]; }
  bool grow() noexcept;
  void forget_oldest() noexcept;

  std::vector<entry> ring_;    ///< in the order in which they ended
  std::vector<index> newest_;  ///< by hash; there are as many buckets as places in the ring, a power of two
  std::size_t first_ = 0;      ///< index of the oldest entry
  std::size_t count_ = 0;
};

}  // namespace mqcoap
