#include "in_flight_table.hpp"

#include <charconv>

namespace bench {
namespace {

void write_hex(char* out, std::uint64_t value, int digits) noexcept {
  constexpr char hex[] = "0123456789abcdef";
  for (int i = digits - 1; i >= 0; --i, value >>= 4) out[i] = hex[value & 15];
}

}  // namespace

in_flight_table::in_flight_table(std::size_t capacity, std::uint64_t seed)
    : entries_(capacity), state_(seed), mask_(static_cast<std::uint32_t>(random())) {
  free_.reserve(capacity);
  for (std::size_t i = capacity; i > 0; --i) free_.push_back(static_cast<std::uint32_t>(i - 1));
}

// splitmix64, which works with any seed.
std::uint64_t in_flight_table::random() noexcept {
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

exchange& in_flight_table::open(std::int64_t due, std::uint32_t target) {
  const std::uint32_t index = free_.back();
  free_.pop_back();
  exchange& e = entries_[index];
  const auto a = random();
  const auto b = random();
  char* id = e.id.data();
  write_hex(id, index ^ mask_, 8);
  write_hex(id + 9, a, 4);
  write_hex(id + 14, 0x4000 | (a >> 16 & 0x0fff), 4);
  write_hex(id + 19, 0x8000 | (a >> 32 & 0x3fff), 4);
  write_hex(id + 24, b, 12);
  id[8] = id[13] = id[18] = id[23] = '-';
  e.due = due;
  e.target = target;
  e.open = true;
  return e;
}

exchange* in_flight_table::find(std::string_view id) noexcept {
  if (id.size() != id_size) return nullptr;
  std::uint32_t scrambled = 0;
  const auto end = id.data() + 8;
  if (std::from_chars(id.data(), end, scrambled, 16).ptr != end) return nullptr;
  const std::uint32_t index = scrambled ^ mask_;
  if (index >= entries_.size()) return nullptr;
  exchange& e = entries_[index];
  return e.open && e.id_text() == id ? &e : nullptr;
}

void in_flight_table::close(exchange& e) {
  e.open = false;
  free_.push_back(static_cast<std::uint32_t>(&e - entries_.data()));
}

}  // namespace bench
