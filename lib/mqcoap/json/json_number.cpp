#include <mqcoap/json/json_number.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>

namespace mqcoap {
namespace {

/// Returns true if the first nonzero digit is left of the decimal point, after applying the exponent.
bool is_over_one(std::string_view text) noexcept {
  const auto exponent_at = std::min(text.find_first_of("eE"), text.size());
  const auto digits = text.substr(0, exponent_at);
  const auto point = std::min(digits.find('.'), digits.size());
  const auto first = digits.find_first_of("123456789");
  if (first == std::string_view::npos) return false;
  const auto power = first < point ? static_cast<std::int64_t>(point - first)
                                   : -static_cast<std::int64_t>(first - point - 1);
  if (exponent_at == text.size()) return power > 0;
  auto written = text.substr(exponent_at + 1);
  if (written.starts_with('+')) written.remove_prefix(1);
  std::int64_t exponent = 0;
  if (std::from_chars(written.data(), written.data() + written.size(), exponent).ec != std::errc{})
    return !written.starts_with('-');
  return exponent > -power;
}

}  // namespace

std::optional<double> read_json_number(std::string_view text) noexcept {
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  // Standard libraries differ in their result for a number that is out of range: an error, infinity or zero.
  if (read.ec == std::errc{} && std::isfinite(number)) return number;
  if (is_over_one(text)) return std::nullopt;
  return text.starts_with('-') ? -0.0 : 0.0;
}

std::string number_text(double number) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  return {text, end};
}

}  // namespace mqcoap
