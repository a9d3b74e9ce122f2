#pragma once

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

namespace mqcoap::test {

/// Makes allocations of this thread fail during its lifetime, in programs with scarce_memory.cpp, which
/// replaces the global `operator new`.
class scarce_memory {
 public:
  /// Fails every allocation larger than this, except the first `more` ones.
  explicit scarce_memory(std::size_t largest, int more = 0) { state() = {largest, more, all, 0}; }
  /// Fails one allocation of any size, after this many successful ones.
  static scarce_memory lacking_one(int after) { return {0, after, 1}; }
  ~scarce_memory() { state().largest = unlimited; }
  scarce_memory(const scarce_memory&) = delete;
  scarce_memory& operator=(const scarce_memory&) = delete;

  /// Returns the number of allocations that failed since the last object was constructed.
  static int refused() { return state().refused; }

  /// Returns how many more allocations the last object would have let succeed.
  static int left() { return state().more; }

  static void* allocate(std::size_t size) {
    auto& now = state();
    if (size > now.largest && now.refused < now.most_refused && now.more-- <= 0) {
      ++now.refused;
      throw std::bad_alloc();
    }
    void* const piece = std::malloc(size == 0 ? 1 : size);
    if (piece == nullptr) throw std::bad_alloc();
    return piece;
  }

 private:
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
  static constexpr int all = std::numeric_limits<int>::max();

  struct limits {
    std::size_t largest = unlimited;
    int more = 0;
    int most_refused = 0;
    int refused = 0;
  };
  static limits& state() {
    thread_local limits now;
    return now;
  }
  scarce_memory(std::size_t largest, int more, int most_refused) {
    state() = {largest, more, most_refused, 0};
  }
};

}  // namespace mqcoap::test
