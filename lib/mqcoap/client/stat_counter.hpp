#pragma once

#include <atomic>
#include <cstdint>

namespace mqcoap {

/// Counted on one thread, read on any.
class stat_counter {
 public:
  void operator++() noexcept { set(value_.load(std::memory_order_relaxed) + 1); }
  void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace mqcoap
