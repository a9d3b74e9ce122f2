#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <mqcoap/base/errc.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// How strictly payloads are validated (docs/protocol.md, "Payloads").
enum class validation : std::uint8_t {
  strict,   ///< the table in docs/protocol.md, "Payloads"
  lenient,  ///< also short ids and a missing timestamp: for microcontrollers without a clock
};

/// The id of a request, echoed unchanged and compared in canonical form (lower case, no hyphens).
class request_id {
 public:
  /// Parses an id. Strict: 32 hexadecimal digits, hyphens ignored, at most 64 bytes. Lenient:
  /// also any `[A-Za-z0-9_.-]{1,64}`.
  /// @par Errors  errc::invalid_id
  static result<request_id> parse(std::string_view text, validation rules = validation::strict) noexcept;

  /// Returns the id as it was received.
  std::string_view text() const noexcept { return {text_.data(), size_}; }
  /// Returns the id in lower case without hyphens, which is the same for all spellings of an id.
  std::string canonical() const;
  /// Appends the canonical form.
  void append_canonical(std::string& out) const;
  /// Returns a hash that is equal for all spellings of an id.
  std::uint64_t hash() const noexcept;

  /// Returns true for two spellings of the same id.
  friend bool operator==(const request_id& a, const request_id& b) noexcept;

 private:
  friend class request_id_generator;
  using buffer = std::array<char, 64>;
  request_id(std::string_view text, bool is_usual) noexcept;
  std::size_t write_canonical(buffer& out) const noexcept;

  buffer text_;
  std::uint8_t size_ = 0;
  bool is_usual_ = false;  ///< 32 hexadecimal digits with hyphens where RFC 9562 has them
};

/// Generates version-4 UUIDs (RFC 9562 section 5.4), in lower case with hyphens. Seeded from the system's
/// entropy; unique, not secret. Not thread-safe.
class request_id_generator {
 public:
  request_id_generator();
  /// Generates a fixed sequence, for tests that compare ids.
  explicit request_id_generator(std::uint64_t seed) noexcept : state_{seed, ~seed} {}
  request_id next() noexcept;

 private:
  std::uint64_t next_word() noexcept;
  std::array<std::uint64_t, 2> state_;
};

}  // namespace mqcoap
