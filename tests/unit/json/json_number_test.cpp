#include <support/result_printer.hpp>

#include <array>
#include <bit>
#include <boost/json/array.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <mqcoap/json/json_number.hpp>
#include <mqcoap/json/json_text.hpp>
#include <random>
#include <string>
#include <vector>

using namespace mqcoap;

namespace {

constexpr double largest = std::numeric_limits<double>::max();

/// A list of numbers as one JSON text, together with the results of strtod.
class number_list {
 public:
  void add(const char* number, const char* end) {
    if (!expected_.empty()) text_ += ',';
    text_.append(number, end);
    expected_.push_back(std::strtod(number, nullptr));
  }
  std::size_t size() const { return expected_.size(); }
  /// Returns how many numbers are parsed differently, ignoring the sign of zero.
  int mismatches() {
    const auto parsed = json_text::parse('[' + text_ + ']');
    REQUIRE(parsed.has_value());
    const auto tree = parsed->value();
    int wrong = 0;
    for (std::size_t i = 0; i < expected_.size(); ++i)
      wrong += tree.get_array()[i].to_number<double>() != expected_[i] ? 1 : 0;
    text_.clear();
    expected_.clear();
    return wrong;
  }

 private:
  std::string text_;
  std::vector<double> expected_;
};

double random_finite(std::mt19937_64& random) {
  for (;;)
    if (const auto number = std::bit_cast<double>(random()); std::isfinite(number)) return number;
}

double value_of(std::string_view text) {
  const auto parsed = json_text::parse(text);
  REQUIRE_MESSAGE(parsed.has_value(), text);
  return parsed->value().to_number<double>();
}

}  // namespace

TEST_CASE("a million doubles in three spellings are read as strtod reads them") {
  std::mt19937_64 random(42);
  std::array<char, 64> text;
  int wrong = 0;
  number_list list;
  for (int i = 0; i < 1'000'000; ++i) {
    // Half of the numbers cover all exponents, the other half have magnitudes of typical measurements.
    const double number =
        i % 2 == 0 ? random_finite(random) : static_cast<double>(random()) / static_cast<double>(1ULL << 50U);
    const auto write = [&](auto... format) {
      const auto end = std::to_chars(text.data(), text.data() + text.size() - 1, number, format...).ptr;
      *end = '\0';
      list.add(text.data(), end);
    };
    write();
    write(std::chars_format::scientific, 16);
    write(std::chars_format::scientific, 24);
    if (list.size() >= 3000) wrong += list.mismatches();
  }
  CHECK(wrong + list.mismatches() == 0);
}

TEST_CASE("a number half-way between two doubles is rounded to the even one, considering all digits") {
  std::mt19937_64 random(43);
  std::vector<char> text(1200);
  number_list list;
  for (int i = 0; i < 2000; ++i) {
    const double low = std::abs(random_finite(random)) / 4, high = std::nextafter(low, largest);
    // The upper half of the gap in decimal, exact because 1,100 digits are written.
    const long double middle = (static_cast<long double>(low) + static_cast<long double>(high)) / 2;
    const int length = std::snprintf(text.data(), text.size(), "%.1100Le", middle);
    REQUIRE(length > 0);
    list.add(text.data(), text.data() + length);
  }
  CHECK(list.mismatches() == 0);
}

TEST_CASE("numbers are finite up to the largest double, however it is spelled") {
  CHECK(value_of("1.7976931348623157e308") == largest);
  CHECK(value_of("1.7976931348623158e308") == largest);
  CHECK(value_of("-1.7976931348623158e+308") == -largest);
  CHECK(value_of("17976931348623157" + std::string(292, '0')) == largest);
  CHECK(value_of("17976931348623158" + std::string(292, '0') + ".0") == largest);
  CHECK(value_of("0." + std::string(400, '0') + "17976931348623158e709") == largest);
  for (const char* over : {"1.7976931348623159e308", "1.8e308", "-1.8e308", "1e309", "1e999", "[1,1e400]",
                           "0.001e400", "1000e306"}) {
    CAPTURE(over);
    const auto parsed = json_text::parse(over);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().not_finite);
  }
  CHECK_FALSE(json_text::parse('1' + std::string(400, '0')));
}

TEST_CASE("a number that is closer to zero than any double is zero") {
  constexpr double smallest = std::numeric_limits<double>::denorm_min();
  CHECK(value_of("4.9406564584124654e-324") == smallest);
  CHECK(value_of("2.4703282292062328e-324") == smallest);
  CHECK(value_of("2.4703282292062327e-324") == 0);
  CHECK(value_of("1e-400") == 0);
  CHECK(value_of("123456e-500") == 0);
  CHECK(value_of("0." + std::string(500, '0') + '1') == 0);
  CHECK(value_of("0e999") == 0);
  CHECK(value_of("0.0e+999") == 0);
  CHECK(std::signbit(value_of("-0.0")));
  CHECK(std::signbit(value_of("-1e-400")));
}

TEST_CASE("integers stay integers as long as 64 bits hold them, and are rounded beyond") {
  CHECK(json_text::parse("18446744073709551615")->value().is_uint64());
  CHECK(json_text::parse("-9223372036854775808")->value().is_int64());
  CHECK(json_text::parse("18446744073709551616")->value().is_double());
  CHECK(value_of("18446744073709551616") == 0x1p64);
  CHECK(value_of("-9223372036854775809") == -0x1p63);
  CHECK(value_of("123456789012345678901234567890") == std::strtod("123456789012345678901234567890", nullptr));
  CHECK(value_of("36893488147419107329") == 0x1p65 + 0x1p13);  // above the midpoint by one
}

TEST_CASE("numbers keep their value wherever they stand") {
  const auto tree =
      json_text::parse(R"({"a":[364.24477330547739,{"b":-364.24477330547739}],"c":1})")->value();
  CHECK(tree.at("a").at(0) == 364.2447733054774);
  CHECK(tree.at("a").at(1).at("b") == -364.2447733054774);
  CHECK(tree.at("c").is_int64());
}

TEST_CASE("a number is written with the fewest digits that read back") {
  CHECK(number_text(0.1) == "0.1");
  CHECK(number_text(3.0) == "3");
  CHECK(number_text(largest) == "1.7976931348623157e+308");
  CHECK(number_text(364.24477330547739) == "364.2447733054774");
}
