#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

struct pg_result;

namespace mqcoap::store {

/// The rows of an answer, in binary format. A field that does not have the requested type reads as
/// 0 or empty.
class pg_rows {
 public:
  pg_rows() = default;
  /// Takes ownership of a result of libpq.
  explicit pg_rows(pg_result* taken) noexcept : result_(taken) {}

  int size() const noexcept;
  bool is_null(int row, int column) const noexcept;
  /// Returns a view that is valid as long as this object.
  std::string_view text(int row, int column) const noexcept;
  std::int64_t number(int row, int column) const noexcept;
  bool flag(int row, int column) const noexcept;
  std::vector<std::int64_t> numbers(int row, int column) const;

 private:
  struct clearer {
    void operator()(pg_result* result) const noexcept;
  };
  std::unique_ptr<pg_result, clearer> result_;
};

}  // namespace mqcoap::store
