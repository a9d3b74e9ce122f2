#pragma once

#include <atomic>
#include <cstdint>

namespace mqcoap {

/// A counter that one thread increments and any thread reads.
class stat_counter {
 public:
  void operator++() noexcept { set(value_.load(std::memory_order_relaxed) + 1); }
  void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace mqcoap
