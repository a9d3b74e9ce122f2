#include <mqcoap/resource/backend/reading.hpp>

#include <re2/re2.h>

#include <charconv>
#include <cmath>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/base/utf8.hpp>
#include <mqcoap/json/json_number.hpp>
#include <mqcoap/json/json_pointer.hpp>
#include <mqcoap/resource/formula.hpp>
#include <stdexcept>
#include <system_error>

namespace mqcoap {
namespace {

using form = reading_options::form;

constexpr std::string_view spaces = " \t\r\n\v\f";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(spaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(spaces) + 1 - begin);
}

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// Parses a finite decimal number, with or without a sign.
std::optional<double> to_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range || end != text.data() + text.size() || error != std::errc{} ||
      !std::isfinite(number))
    return std::nullopt;
  return number;
}

template <class Integer>
std::optional<std::string> integer_text(std::string_view text) {
  Integer number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::to_string(number);
}

/// Returns the digits of a 64-bit integer, which a double may not hold exactly.
std::optional<std::string> integer_text(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (auto signed_text = integer_text<std::int64_t>(text)) return signed_text;
  return integer_text<std::uint64_t>(text);
}

std::string was_read(std::string_view text) {
  return text.empty() ? "nothing was read" : "this was read: '" + log_safe(text, most_shown) + '\'';
}

unreadable lost(const std::string& pointer, const lost_pointer& why, std::string_view text) {
  const auto message = why.twice ? "the key '" + log_safe(*why.twice, most_shown) + "', on the way to " +
                                       pointer + ", is given twice in its object"
                                 : "there is nothing at " + pointer;
  return {message + "; " + was_read(text)};
}

}  // namespace

struct reading::tools {
  explicit tools(const reading_options& options) {
    if (!options.regex.empty()) regex.emplace(options.regex, RE2::Quiet);
    if (!options.expr.empty()) expression.emplace(options.expr, "x");
  }
  std::optional<RE2> regex;
  std::optional<formula> expression;
};

reading::reading(reading_options options, std::size_t max_depth)
    : options_(std::move(options)), max_depth_(max_depth), tools_(std::make_unique<tools>(options_)) {}
reading::~reading() = default;

/// Drops NUL bytes at the end, with which C programs and the device tree end a text.
result<json_text, unreadable> reading::make(std::string_view read) const {
  while (read.ends_with('\0')) read.remove_suffix(1);
  std::string_view part = read;
  if (tools_->regex) {
    re2::StringPiece groups[2];
    const int wanted = tools_->regex->NumberOfCapturingGroups() > 0 ? 2 : 1;
    if (!tools_->regex->Match(re2::StringPiece(read.data(), read.size()), 0, read.size(), RE2::UNANCHORED,
                              groups, wanted))
      return unreadable{"the regular expression matches nothing; " + was_read(read)};
    const auto& found = groups[wanted - 1];
    part = {found.data(), found.size()};
  }
  switch (options_.as) {
    case form::number: return make_number(part);
    case form::json: return make_json(part);
    case form::text: break;
  }
  if (!tools_->regex) part = without_line_end(part);
  if (!is_utf8(part)) return unreadable{"it is not UTF-8 text; " + was_read(part)};
  return json_text::from_string(part);
}

result<json_text, unreadable> reading::make(json_text value) const {
  if (options_.pointer.empty() && !tools_->expression) return value;
  if (!options_.pointer.empty()) {
    const auto found = find_json(value.text(), options_.pointer);
    if (!found) return lost(options_.pointer, found.error(), value.text());
    value = json_text::from_validated(*found);
  }
  if (!tools_->expression) return value;
  if (!value.is_number()) return unreadable{"it is not a number; " + was_read(value.text())};
  return compute(*read_json_number(value.text()));
}

result<json_text, unreadable> reading::make_json(std::string_view read) const {
  auto parsed = json_text::parse(read, max_depth_);
  if (!parsed) return unreadable{"it is not JSON: " + parsed.error().reason + "; " + was_read(read)};
  return make(*std::move(parsed));
}

result<json_text, unreadable> reading::make_number(std::string_view read) const {
  const auto text = trimmed(read);
  const auto number = to_number(text);
  if (!number) return unreadable{"it is not a number; " + was_read(text)};
  if (!tools_->expression)
    if (const auto digits = integer_text(text)) return json_text::from_validated(*digits);
  return compute(*number);
}

result<json_text, unreadable> reading::compute(double number) const {
  if (!tools_->expression) return json_text::from_validated(number_text(number));
  try {
    const double computed = tools_->expression->at(number);
    if (std::isfinite(computed)) return json_text::from_validated(number_text(computed));
    return unreadable{"the expression gives no finite number for x = " + number_text(number)};
  } catch (const std::domain_error& e) {
    return unreadable{"the expression fails for x = " + number_text(number) + ": " + e.what()};
  }
}

std::optional<std::string> reading::find_regex_fault(const std::string& regex) {
  const RE2 tried(regex, RE2::Quiet);
  if (!tried.ok()) return tried.error();
  if (tried.NumberOfCapturingGroups() > 1)
    return "it has " + std::to_string(tried.NumberOfCapturingGroups()) +
           " groups, but only one can be read; write (?:...) for the others";
  return std::nullopt;
}

}  // namespace mqcoap
