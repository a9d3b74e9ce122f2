#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace mqcoap::replay {

/// Random numbers that are the same on every machine and with every standard library (splitmix64).
class dice {
 public:
  explicit dice(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  /// Returns a number from 0 to n - 1. Precondition: n > 0.
  std::size_t below(std::size_t n) noexcept { return static_cast<std::size_t>(next() % n); }
  bool chance(unsigned percent) noexcept { return below(100) < percent; }

  template <class T>
  const T& one_of(const std::vector<T>& all) noexcept {
    return all[below(all.size())];
  }
  std::string one_of(std::initializer_list<const char*> all) { return all.begin()[below(all.size())]; }

 private:
  std::uint64_t state_;
};

}  // namespace mqcoap::replay
