#pragma once

#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

// Classes of the bytes of a block of JSON text, one bit for each byte, the first byte in the lowest bit.

namespace mqcoap {

#ifdef __SSE2__

/// A block of 64 bytes.
class json_block {
 public:
  static constexpr std::size_t size = 64;

  /// @param at  64 bytes that can be read
  explicit json_block(const char* at) noexcept {
    for (int i = 0; i < 4; ++i) part_[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at) + i);
  }

  std::uint64_t equal_to(char c) const noexcept {
    const auto wanted = _mm_set1_epi8(c);
    return collect([wanted](__m128i bytes) { return _mm_cmpeq_epi8(bytes, wanted); });
  }
  /// Matches the letter in upper and lower case.
  std::uint64_t equal_to_letter(char lower) const noexcept {
    const auto wanted = _mm_set1_epi8(lower);
    const auto case_bit = _mm_set1_epi8(0x20);
    return collect([=](__m128i bytes) { return _mm_cmpeq_epi8(_mm_or_si128(bytes, case_bit), wanted); });
  }
  std::uint64_t digits() const noexcept {
    const auto zero = _mm_set1_epi8('0');
    const auto nine = _mm_set1_epi8(9);
    return collect([=](__m128i bytes) {
      const auto distance = _mm_sub_epi8(bytes, zero);
      return _mm_cmpeq_epi8(_mm_min_epu8(distance, nine), distance);
    });
  }

 private:
  template <class Compare>
  std::uint64_t collect(Compare compare) const noexcept {
    std::uint64_t bits = 0;
    for (int i = 0; i < 4; ++i)
      bits |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(compare(part_[i]))))
              << (16 * i);
    return bits;
  }

  __m128i part_[4];
};

/// Returns the position of the first byte of a string that needs a closer look (a quote, a backslash, a
/// control character, a byte that is not ASCII), or a position less than 16 bytes before the end.
inline const char* skip_plain_text(const char* at, const char* end) noexcept {
  const auto quote = _mm_set1_epi8('"');
  const auto backslash = _mm_set1_epi8('\\');
  const auto space = _mm_set1_epi8(0x20);
  while (end - at >= 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    // As signed numbers, bytes that are not ASCII are less than a space too.
    const auto found =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                     _mm_cmplt_epi8(bytes, space));
    if (const auto bits = static_cast<unsigned>(_mm_movemask_epi8(found)); bits != 0)
      return at + __builtin_ctz(bits);
    at += 16;
  }
  return at;
}

#else

inline const char* skip_plain_text(const char* at, const char*) noexcept { return at; }

#endif

}  // namespace mqcoap
