#include <mqcoap/base/units.hpp>

#include <charconv>
#include <cstdint>
#include <limits>

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

constexpr std::int64_t longest_duration = 1'000'000'000'000'000;  // ms: 31,000 years

/// Removes and returns the decimal digits at the front.
std::string_view take_digits(std::string_view& text) {
  const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
  text.remove_prefix(digits.size());
  return digits;
}

/// Returns the value of at most 18 decimal digits; 0 if there are none.
std::int64_t to_number(std::string_view digits) {
  std::int64_t number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

struct size_unit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr size_unit size_units[] = {{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"B", 1}};

}  // namespace

result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  // Computes with integers: 1.001 seconds as a double would not be 1001 milliseconds.
  const auto whole = take_digits(text);
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
    if (fraction.empty()) return errc::invalid_duration;
  }
  if (whole.empty() || whole.size() > 15 || fraction.size() > 9) return errc::invalid_duration;
  if (text.empty()) return errc::missing_unit;
  const auto* unit = find_unit(duration_units, text);
  if (unit == nullptr) return errc::invalid_duration;
  std::int64_t scale = 1;
  for (std::size_t i = 0; i < fraction.size(); ++i) scale *= 10;
  const std::int64_t parts = to_number(fraction) * unit->millis;
  if (to_number(whole) > longest_duration / unit->millis || parts % scale != 0) return errc::invalid_duration;
  const auto millis = to_number(whole) * unit->millis + parts / scale;
  if (millis > longest_duration) return errc::invalid_duration;
  return std::chrono::milliseconds(millis);
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
