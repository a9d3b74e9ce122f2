#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <mqcoap/base/units.hpp>

namespace mqcoap {
namespace {

template <class Unit, std::size_t N>
const Unit* find_unit(const Unit (&units)[N], std::string_view name) {
  for (const auto& unit : units)
    if (unit.name == name) return &unit;
  return nullptr;
}

struct duration_unit {
  std::string_view name;
  std::int64_t millis;
};
constexpr duration_unit duration_units[] = {{"h", 3'600'000}, {"min", 60'000}, {"s", 1'000}, {"ms", 1}};

struct size_unit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr size_unit size_units[] = {{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"B", 1}};

}  // namespace

result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || text.front() == '-' || !std::isfinite(number)) return errc::invalid_duration;
  if (rest == end) return errc::missing_unit;
  const auto* unit = find_unit(duration_units, {rest, static_cast<std::size_t>(end - rest)});
  if (unit == nullptr) return errc::invalid_duration;
  const double millis = number * static_cast<double>(unit->millis);
  if (millis > 1e15 || millis != std::floor(millis)) return errc::invalid_duration;
  return std::chrono::milliseconds(static_cast<std::int64_t>(millis));
}

result<std::size_t> parse_size(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{}) return errc::invalid_size;
  if (rest == end) return errc::missing_unit;
  const auto* unit = find_unit(size_units, {rest, static_cast<std::size_t>(end - rest)});
  if (unit == nullptr || number > std::numeric_limits<std::size_t>::max() / unit->bytes)
    return errc::invalid_size;
  return static_cast<std::size_t>(number * unit->bytes);
}

std::string to_string(std::chrono::milliseconds duration) {
  for (const auto& unit : duration_units)
    if (duration.count() != 0 && duration.count() % unit.millis == 0)
      return std::to_string(duration.count() / unit.millis).append(unit.name);
  return "0s";
}

std::string size_to_string(std::size_t bytes) {
  for (const auto& unit : size_units)
    if (bytes != 0 && bytes % unit.bytes == 0) return std::to_string(bytes / unit.bytes).append(unit.name);
  return "0B";
}

}  // namespace mqcoap
