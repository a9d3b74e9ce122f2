#include <mqcoap/protocol/request_id.hpp>

#include <algorithm>
#include <cstring>
#include <mqcoap/base/ascii.hpp>
#include <random>

namespace mqcoap {

request_id::request_id(std::string_view text, bool is_usual) noexcept
    : size_(static_cast<std::uint8_t>(text.size())), is_usual_(is_usual) {
  std::copy(text.begin(), text.end(), text_.begin());
}

namespace {

/// Checks for the usual form `01234567-89ab-...`, in which nearly all ids are written, in one pass
/// over the bytes.
bool is_usual_uuid(std::string_view text) noexcept {
  if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
    return false;
  std::size_t digits = 0;
  for (const char c : text) digits += (detail::classes_of(c) & detail::hex_char) / detail::hex_char;
  return digits == 32;
}

}  // namespace

result<request_id> request_id::parse(std::string_view text, validation rules) noexcept {
  if (is_usual_uuid(text)) return request_id(text, true);
  if (!is_name(text)) return errc::invalid_id;
  std::size_t significant = 0;
  bool hexadecimal = true;
  for (char c : text) {
    if (c == '-') continue;
    ++significant;
    hexadecimal = hexadecimal && is_hex_digit(c);
  }
  const bool is_uuid = significant == 32 && hexadecimal;
  if (is_uuid || (rules == validation::lenient && significant > 0)) return request_id(text, false);
  return errc::invalid_id;
}

std::string request_id::canonical() const {
  std::string text;
  append_canonical(text);
  return text;
}

void request_id::append_canonical(std::string& out) const {
  buffer canonical;
  out.append(canonical.data(), write_canonical(canonical));
}

/// Writes the canonical form and returns its size. Leaves the bytes behind it unchanged.
std::size_t request_id::write_canonical(buffer& out) const noexcept {
  std::size_t size = 0;
  if (!is_usual_) {
    for (const char c : text()) {
      if (c != '-') out[size++] = to_lower(c);
    }
    return size;
  }
  constexpr std::array<std::size_t, 6> groups{0,  9,  14,
                                              19, 24, 37};  // offsets of the groups, and of one more
  for (std::size_t i = 0; i + 1 < groups.size(); ++i) {
    const auto count = groups[i + 1] - groups[i] - 1;
    std::copy_n(text_.data() + groups[i], count, out.data() + size);
    size += count;
  }
  // Sets the bit that makes a letter lower case, which is already set in a digit.
  for (std::size_t i = 0; i < 32; ++i) out[i] = static_cast<char>(out[i] | 0x20);
  return size;
}

std::uint64_t request_id::hash() const noexcept {
  // Fibonacci hashing (2^64 divided by the golden ratio). A multiplication carries bits only upwards: the
  // shift brings them down again, and the final step does so for the bits of the last word.
  constexpr auto mix = [](std::uint64_t x) {
    x *= 0x9e3779b97f4a7c15ULL;
    return x ^ (x >> 32);
  };
  buffer canonical{};  // so that the unused bytes of the last word are 0 for every spelling
  const auto size = write_canonical(canonical);
  std::uint64_t hash = size;
  for (std::size_t at = 0; at < size; at += sizeof hash) {
    std::uint64_t word = 0;
    std::memcpy(&word, canonical.data() + at, sizeof word);
    hash = mix(hash ^ word);
  }
  return mix(hash);
}

bool operator==(const request_id& a, const request_id& b) noexcept {
  const auto x = a.text(), y = b.text();
  if (x == y) return true;
  for (std::size_t i = 0, k = 0;; ++i, ++k) {
    while (i < x.size() && x[i] == '-') ++i;
    while (k < y.size() && y[k] == '-') ++k;
    if (i == x.size() || k == y.size()) return i == x.size() && k == y.size();
    if (to_lower(x[i]) != to_lower(y[k])) return false;
  }
}

request_id_generator::request_id_generator() {
  std::random_device entropy;
  for (auto& word : state_) word = (std::uint64_t{entropy()} << 32) | entropy();
  state_[0] |= 1;  // all zeros is the only invalid state
}

// Generates numbers with xoroshiro128+ (Blackman and Vigna): two words of state, a few instructions per
// number.
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
  return request_id({text.data(), text.size()}, true);
}

}  // namespace mqcoap
