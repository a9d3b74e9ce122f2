#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace bench {

constexpr std::size_t id_size = 36;

/// A request that waits for its answer.
struct exchange {
  std::array<char, id_size> id{};
  std::int64_t due = 0;      ///< scheduled time, monotonic ns
  std::uint32_t target = 0;  ///< index of its target
  bool open = false;

  std::string_view id_text() const noexcept { return {id.data(), id.size()}; }
};

/// The requests that wait for their answers. Every request gets a new version-4 UUID whose first digits
/// encode its position in the table, so that an answer is found without a hash map.
class in_flight_table {
 public:
  /// @param capacity  1 to 1,000,000
  /// @param seed  determines the ids
  in_flight_table(std::size_t capacity, std::uint64_t seed);

  std::size_t size() const noexcept { return entries_.size() - free_.size(); }
  bool full() const noexcept { return free_.empty(); }

  /// Adds an exchange with a new id. The table must not be full.
  exchange& open(std::int64_t due, std::uint32_t target);
  /// Returns the open exchange with this id, or nullptr.
  exchange* find(std::string_view id) noexcept;
  void close(exchange& e);

 private:
  std::uint64_t random() noexcept;

  std::vector<exchange> entries_;
  std::vector<std::uint32_t> free_;
  std::uint64_t state_;
  std::uint32_t mask_;
};

}  // namespace bench
