#include <mqcoap/base/quantity.hpp>

#include <algorithm>
#include <mqcoap/base/units.hpp>

namespace mqcoap {
namespace {

struct other_spelling {
  std::string_view written;  ///< in lower case
  std::string_view unit;
};

constexpr other_spelling duration_spellings[] = {
    {"ms", "ms"},           {"msec", "ms"}, {"msecs", "ms"}, {"millis", "ms"}, {"millisecond", "ms"},
    {"milliseconds", "ms"}, {"s", "s"},     {"sec", "s"},    {"secs", "s"},    {"second", "s"},
    {"seconds", "s"},       {"m", "min"},   {"min", "min"},  {"mins", "min"},  {"minute", "min"},
    {"minutes", "min"},     {"h", "h"},     {"hr", "h"},     {"hrs", "h"},     {"hour", "h"},
    {"hours", "h"},         {"std", "h"},
};

constexpr other_spelling size_spellings[] = {
    {"b", "B"},       {"byte", "B"},    {"bytes", "B"}, {"k", "KiB"},  {"kb", "KiB"},  {"ki", "KiB"},
    {"kib", "KiB"},   {"kbyte", "KiB"}, {"m", "MiB"},   {"mb", "MiB"}, {"mi", "MiB"},  {"mib", "MiB"},
    {"mbyte", "MiB"}, {"g", "GiB"},     {"gb", "GiB"},  {"gi", "GiB"}, {"gib", "GiB"}, {"gbyte", "GiB"},
};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

struct number_and_word {
  std::string number;  ///< digits, with '.' for a decimal comma
  std::string word;    ///< in lower case; may be empty
};

/// Splits a text that may be meant as a quantity. The number is empty if the text is not one.
number_and_word split(std::string_view text) {
  number_and_word parts;
  text = trimmed(text);
  if (text.size() > 40) return parts;
  const auto end = std::min(text.find_first_not_of("0123456789.,"), text.size());
  parts.number = text.substr(0, end);
  std::replace(parts.number.begin(), parts.number.end(), ',', '.');
  if (parts.number.starts_with('.')) parts.number.insert(0, 1, '0');
  for (const char c : trimmed(text.substr(end)))
    parts.word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return parts;
}

/// Returns the intended quantity: looks up the unit among the known spellings, or tries the usual units if
/// there is only a number.
template <std::size_t N, class IsGood>
std::string meant(std::string_view text, const other_spelling (&spellings)[N],
                  std::initializer_list<std::string_view> usual, const IsGood& is_good) {
  const auto parts = split(text);
  const auto& number = parts.number;
  const auto& word = parts.word;
  if (number.empty()) return {};
  const auto proposal = [&is_good](std::string quantity) {
    return is_good(quantity) ? quantity + '?' : std::string();
  };
  if (!word.empty()) {
    const auto* found = std::find_if(std::begin(spellings), std::end(spellings),
                                     [&word](const other_spelling& s) { return s.written == word; });
    return found == std::end(spellings) ? std::string() : proposal(number + std::string(found->unit));
  }
  for (const auto unit : usual)
    if (auto hint = proposal(number + std::string(unit)); !hint.empty()) return hint;
  return {};
}

}  // namespace

std::string duration_text(std::chrono::milliseconds least, std::chrono::milliseconds most) {
  return "a duration from " + to_string(least) + " to " + to_string(most);
}

std::string size_text(std::size_t least, std::size_t most) {
  return "a size from " + size_to_string(least) + " to " + size_to_string(most);
}

result<std::chrono::milliseconds, quantity_fault> read_duration(std::string_view text,
                                                                std::chrono::milliseconds least,
                                                                std::chrono::milliseconds most) {
  const auto parsed = parse_duration(text);
  if (parsed && *parsed >= least && *parsed <= most) return *parsed;
  return quantity_fault{duration_text(least, most), !parsed && parsed.error() == errc::missing_unit,
                        parsed ? "" : duration_hint(text, least, most)};
}

result<std::size_t, quantity_fault> read_size(std::string_view text, std::size_t least, std::size_t most) {
  const auto parsed = parse_size(text);
  if (parsed && *parsed >= least && *parsed <= most) return *parsed;
  return quantity_fault{size_text(least, most), !parsed && parsed.error() == errc::missing_unit,
                        parsed ? "" : size_hint(text, least, most)};
}

std::string duration_hint(std::string_view text, std::chrono::milliseconds least,
                          std::chrono::milliseconds most) {
  return meant(text, duration_spellings, {"s", "min", "ms", "h"}, [&](const std::string& quantity) {
    const auto parsed = parse_duration(quantity);
    return parsed && *parsed >= least && *parsed <= most;
  });
}

std::string size_hint(std::string_view text, std::size_t least, std::size_t most) {
  const auto is_good = [&](const std::string& quantity) {
    const auto parsed = parse_size(quantity);
    return parsed && *parsed >= least && *parsed <= most;
  };
  if (least < 1024) return meant(text, size_spellings, {"B", "KiB", "MiB"}, is_good);
  return meant(text, size_spellings, {"KiB", "MiB", "B"}, is_good);
}

}  // namespace mqcoap
