#include <mqcoap/store/postgres/pg_rows.hpp>

#include <cstddef>
#include <mqcoap/store/postgres/pg_library.hpp>

namespace mqcoap::store {
namespace {

constexpr std::size_t array_header_size = 20;
constexpr std::size_t array_bigint_size = 12;  ///< including its length

std::int64_t number_at(std::string_view bytes) noexcept {
  std::uint64_t bits = 0;
  for (const char each : bytes) bits = bits << 8 | static_cast<unsigned char>(each);
  return static_cast<std::int64_t>(bits);
}

}  // namespace

void pg_rows::clearer::operator()(pg_result* result) const noexcept { pg().PQclear(result); }

int pg_rows::size() const noexcept { return result_ ? pg().PQntuples(result_.get()) : 0; }

bool pg_rows::is_null(int row, int column) const noexcept {
  return row >= size() || pg().PQgetisnull(result_.get(), row, column) != 0;
}

std::string_view pg_rows::text(int row, int column) const noexcept {
  if (is_null(row, column)) return {};
  return {pg().PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(pg().PQgetlength(result_.get(), row, column))};
}

std::int64_t pg_rows::number(int row, int column) const noexcept {
  const auto bytes = text(row, column);
  return bytes.size() == sizeof(std::int64_t) ? number_at(bytes) : 0;
}

bool pg_rows::flag(int row, int column) const noexcept {
  const auto bytes = text(row, column);
  return bytes.size() == 1 && bytes.front() != 0;
}

std::vector<std::int64_t> pg_rows::numbers(int row, int column) const {
  const auto bytes = text(row, column);
  std::vector<std::int64_t> found;
  for (auto at = array_header_size; at + array_bigint_size <= bytes.size(); at += array_bigint_size)
    found.push_back(number_at(bytes.substr(at + 4, sizeof(std::int64_t))));
  return found;
}

}  // namespace mqcoap::store
