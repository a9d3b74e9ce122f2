#include <mqcoap/schema/json_multiple.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <mqcoap/json/json_number.hpp>
#include <string>
#include <string_view>

namespace mqcoap {
namespace {

namespace json = boost::json;
__extension__ using uint128 = unsigned __int128;

/// A number without its sign: digits * 10^power. For a double, the digits are the fewest that parse as
/// the same double.
struct decimal {
  std::uint64_t digits;
  int power = 0;
};

decimal to_decimal(double number) {
  char text[32];
  const auto end =
      std::to_chars(text, text + sizeof text, std::abs(number), std::chars_format::scientific).ptr;
  decimal made{0};
  const char* at = text;
  bool in_fraction = false;
  for (; *at != 'e'; ++at) {
    if (*at == '.') {
      in_fraction = true;
      continue;
    }
    made.digits = made.digits * 10 + static_cast<std::uint64_t>(*at - '0');
    if (in_fraction) --made.power;
  }
  ++at;
  if (*at == '+') ++at;
  int exponent = 0;
  std::from_chars(at, end, exponent);
  made.power += exponent;
  return made;
}

decimal to_decimal(const json::value& number) {
  if (number.is_uint64()) return {number.get_uint64()};
  if (number.is_double()) return to_decimal(number.get_double());
  const auto n = number.get_int64();
  return {n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n)};
}

bool divides(decimal step, decimal number) {
  if (number.digits == 0) return true;
  int shift = number.power - step.power;
  for (; shift < 0; ++shift) {
    if (step.digits > number.digits / 10) return false;
    step.digits *= 10;
  }
  uint128 rest = number.digits % step.digits;
  for (; shift > 0 && rest != 0; --shift) rest = rest * 10 % step.digits;
  return rest == 0;
}

/// Returns true if doubles represent the number exactly, and add it without rounding: for 3 and 0.25, but
/// not for 0.1.
bool is_exact_in_binary(decimal d) {
  for (; d.power < 0; ++d.power, d.digits /= 5)
    if (d.digits % 5 != 0) return false;
  return true;
}

/// Returns the double nearest to `count` steps.
double nearest_multiple(std::uint64_t count, decimal step) {
  if (count == 0) return 0;
  std::string text;
  for (uint128 digits = uint128{count} * step.digits; digits > 0; digits /= 10)
    text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(digits % 10)));
  return read_json_number(text + 'e' + std::to_string(step.power)).value_or(HUGE_VAL);
}

/// Returns true if `number` may be the sum of steps in doubles, which is a few units in the last place off a
/// multiple. A step with few digits was written by a person; then the number must also agree with the
/// multiple in every digit of the step.
bool is_rounded_sum(double number, double step) {
  constexpr double most_steps = 0x1p50, slack = 0x1p-51;
  constexpr std::uint64_t written_by_hand = 1'000'000'000'000'000;
  const auto step_digits = to_decimal(step);
  if (is_exact_in_binary(step_digits)) return number < 0x1p53 && std::fmod(number, step) == 0;
  const double count = std::nearbyint(number / step);
  if (!(count < most_steps)) return false;
  const double off = std::abs(number - nearest_multiple(static_cast<std::uint64_t>(count), step_digits));
  if (off > number * slack) return false;
  return step_digits.digits >= written_by_hand || off < std::pow(10.0, step_digits.power - 1);
}

}  // namespace

bool is_multiple(const json::value& number, const json::value& step) {
  if (divides(to_decimal(step), to_decimal(number))) return true;
  const double size = std::abs(number.to_number<double>());
  const bool is_exact = number.is_double() || size < 0x1p53;
  return is_exact && is_rounded_sum(size, step.to_number<double>());
}

}  // namespace mqcoap
