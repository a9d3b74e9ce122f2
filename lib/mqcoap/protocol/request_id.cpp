#include <algorithm>
#include <mqcoap/protocol/ascii.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <random>

namespace mqcoap {

request_id::request_id(std::string_view text) noexcept : size_(static_cast<std::uint8_t>(text.size())) {
  std::copy(text.begin(), text.end(), text_.begin());
  for (char c : text)
    if (c != '-') canonical_[canonical_size_++] = to_lower(c);
}

result<request_id> request_id::parse(std::string_view text, validation rules) noexcept {
  if (!is_name(text)) return errc::invalid_id;
  const request_id id(text);
  const auto digits = id.canonical();
  const bool is_uuid = digits.size() == 32 && std::all_of(digits.begin(), digits.end(), is_hex_digit);
  if (is_uuid || (rules == validation::lenient && !digits.empty())) return id;
  return errc::invalid_id;
}

request_id_generator::request_id_generator() {
  std::random_device entropy;
  for (auto& word : state_) word = (std::uint64_t{entropy()} << 32) | entropy();
  state_[0] |= 1;  // the one state that must not be is all zeros
}

// xoroshiro128+ (Blackman and Vigna): two words of state, a few instructions a number.
std::uint64_t request_id_generator::next_word() noexcept {
  const auto rotate = [](std::uint64_t x, int by) { return (x << by) | (x >> (64 - by)); };
  const std::uint64_t sum = state_[0] + state_[1];
  const std::uint64_t mixed = state_[1] ^ state_[0];
  state_[0] = rotate(state_[0], 24) ^ mixed ^ (mixed << 16);
  state_[1] = rotate(mixed, 37);
  return sum;
}

request_id request_id_generator::next() noexcept {
  constexpr char digits[] = "0123456789abcdef";
  const std::uint64_t high = (next_word() & ~0xf000ULL) | 0x4000ULL;       // version 4
  const std::uint64_t low = (next_word() & ~(3ULL << 62)) | (2ULL << 62);  // variant 10
  std::array<char, 36> text;
  std::size_t at = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text[at++] = '-';
    const std::uint64_t word = i < 16 ? high : low;
    text[at++] = digits[(word >> (60 - 4 * (i % 16))) & 0xf];
  }
  return request_id({text.data(), text.size()});
}

}  // namespace mqcoap
