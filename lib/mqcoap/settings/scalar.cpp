#include <mqcoap/settings/scalar.hpp>

#include <charconv>
#include <cmath>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/json/json_number.hpp>
#include <mqcoap/settings/report.hpp>
#include <variant>

namespace mqcoap {
namespace {

std::string_view without_sign(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::size_t digits_at(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  return n;
}

bool all_of_class(std::string_view text, bool (*belongs)(char)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), belongs);
}

bool is_hex(std::string_view text) {
  return text.starts_with("0x") && all_of_class(text.substr(2), [](char c) { return is_hex_digit(c); });
}
bool is_octal(std::string_view text) {
  return text.starts_with("0o") && all_of_class(text.substr(2), [](char c) { return c >= '0' && c <= '7'; });
}

bool is_integer(std::string_view text) {
  return is_hex(text) || is_octal(text) ||
         all_of_class(without_sign(text), [](char c) { return is_digit(c); });
}

/// Matches `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`.
bool is_float(std::string_view text) {
  text = without_sign(text);
  const std::size_t whole = digits_at(text);
  text.remove_prefix(whole);
  if (text.starts_with('.')) {
    const std::size_t fraction = digits_at(text.substr(1));
    if (whole == 0 && fraction == 0) return false;
    text.remove_prefix(1 + fraction);
  } else if (whole == 0) {
    return false;
  }
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  return all_of_class(without_sign(text.substr(1)), [](char c) { return is_digit(c); });
}

/// Parses an integer within the ranges of int64 and uint64; monostate if it does not fit into 64 bits.
std::variant<std::monostate, std::int64_t, std::uint64_t> read_integer(std::string_view text) {
  const int base = is_hex(text) ? 16 : is_octal(text) ? 8 : 10;
  const bool negative = text.starts_with('-');
  std::string_view digits = base == 10 ? without_sign(text) : text.substr(2);
  std::uint64_t number = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), number, base).ec != std::errc{})
    return {};
  constexpr std::uint64_t most_negative = std::uint64_t{1} << 63;
  if (negative && number > most_negative) return {};
  if (negative) return static_cast<std::int64_t>(0 - number);
  if (number < most_negative) return static_cast<std::int64_t>(number);
  return number;
}

bool append_integer(std::string& out, const node& n, report& faults) {
  const auto number = read_integer(n.text);
  if (const auto* i = std::get_if<std::int64_t>(&number)) {
    out += std::to_string(*i);
  } else if (const auto* u = std::get_if<std::uint64_t>(&number)) {
    out += std::to_string(*u);
  } else {
    faults.error(n, "the number " + n.text + " does not fit into 64 bits", "write it as text, in quotes");
    return false;
  }
  return true;
}

bool append_float(std::string& out, const node& n, report& faults) {
  std::string_view text = n.text;
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  bool is_in_range = read.ec != std::errc::result_out_of_range;
  // A number that is too small counts as 0, as in a PUT.
  if (const auto as_json = is_in_range ? std::nullopt : read_json_number(text)) {
    number = *as_json;
    is_in_range = true;
  }
  if (!is_in_range || !std::isfinite(number)) {
    faults.error(n, "the number " + n.text + " is out of the range of a double");
    return false;
  }
  if (!validate_json(text, 1)) {  // keeps the digits as written if they are valid JSON
    out += text;
    return true;
  }
  char buffer[32];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
  return true;
}

bool append_list(std::string& out, const node& n, report& faults) {
  bool good = true;
  out += '[';
  for (const node* item : n.items) {
    if (item != n.items.front()) out += ',';
    good &= append_json(out, *item, faults);
  }
  out += ']';
  return good;
}

bool append_map(std::string& out, const node& n, report& faults) {
  bool good = true;
  out += '{';
  for (const node* value : n.items) {
    if (value != n.items.front()) out += ',';
    append_json_string(out, value->key->text);
    out += ':';
    good &= append_json(out, *value, faults);
  }
  out += '}';
  return good;
}

}  // namespace

bool append_json(std::string& out, const node& n, report& faults) {
  if (n.is_list()) return append_list(out, n, faults);
  if (n.is_map()) return append_map(out, n, faults);
  switch (classify(n)) {
    case scalar_kind::null: out += "null"; return true;
    case scalar_kind::boolean: out += to_lower(n.text.front()) == 't' ? "true" : "false"; return true;
    case scalar_kind::integer: return append_integer(out, n, faults);
    case scalar_kind::floating: return append_float(out, n, faults);
    case scalar_kind::string: append_json_string(out, n.text); return true;
    case scalar_kind::not_finite: break;
  }
  faults.error(n, n.text + " is not a JSON value: JSON has no infinity and no NaN",
               "null, or text in quotes?");
  return false;
}

scalar_kind classify(const node& n) {
  if (n.is_null()) return scalar_kind::null;
  if (n.quoted) return scalar_kind::string;
  const std::string_view text = n.text;
  if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) return scalar_kind::boolean;
  if (is_integer(text)) return scalar_kind::integer;
  if (is_float(text)) return scalar_kind::floating;
  if (is_one_of(without_sign(text), {".inf", ".Inf", ".INF"}) || is_one_of(text, {".nan", ".NaN", ".NAN"}))
    return scalar_kind::not_finite;
  return scalar_kind::string;
}

std::optional<std::int64_t> to_int64(const node& n) {
  if (!n.is_scalar() || classify(n) != scalar_kind::integer) return std::nullopt;
  const auto number = read_integer(n.text);
  if (const auto* i = std::get_if<std::int64_t>(&number)) return *i;
  return std::nullopt;
}

std::optional<json_text> to_json(const node& n, report& faults) {
  std::string text;
  if (!append_json(text, n, faults)) return std::nullopt;
  return json_text::from_validated(text);
}

}  // namespace mqcoap
