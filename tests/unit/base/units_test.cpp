#include <doctest/doctest.h>

#include <chrono>
#include <mqcoap/base/units.hpp>
#include <string>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

std::chrono::milliseconds duration(std::string_view text) {
  const auto parsed = parse_duration(text);
  REQUIRE_MESSAGE(parsed.has_value(), text);
  return *parsed;
}

std::size_t bytes_of(std::string_view text) {
  const auto parsed = parse_size(text);
  REQUIRE_MESSAGE(parsed.has_value(), text);
  return *parsed;
}

}  // namespace

TEST_CASE("durations are read in ms, s, min and h") {
  CHECK(duration("200ms") == 200ms);
  CHECK(duration("5s") == 5s);
  CHECK(duration("2min") == 2min);
  CHECK(duration("1h") == 1h);
  CHECK(duration("0s") == 0ms);
}

TEST_CASE("a duration may have a fraction that is whole milliseconds") {
  CHECK(duration("0.5s") == 500ms);
  CHECK(duration("1.5min") == 90s);
  CHECK(duration("0.001s") == 1ms);
  CHECK(duration("0.25h") == 15min);
  CHECK(parse_duration("0.5ms").error() == errc::invalid_duration);
  CHECK(parse_duration("0.0001s").error() == errc::invalid_duration);
}

TEST_CASE("decimal fractions of a second are milliseconds, all of them") {
  for (int ms = 0; ms < 10'000; ++ms) {
    std::string digits = std::to_string(ms);
    while (digits.size() < 4) digits.insert(0, 1, '0');
    const auto text = digits.substr(0, digits.size() - 3) + '.' + digits.substr(digits.size() - 3) + 's';
    REQUIRE_MESSAGE(duration(text).count() == ms, text);
  }
}

TEST_CASE("a bare number is reported as a duration or size without its unit") {
  CHECK(parse_duration("5").error() == errc::missing_unit);
  CHECK(parse_duration("0.5").error() == errc::missing_unit);
  CHECK(parse_size("1024").error() == errc::missing_unit);
}

TEST_CASE("invalid durations are rejected") {
  for (const char* text : {"",
                           "s",
                           "-5s",
                           "+5s",
                           "5 s",
                           " 5s",
                           "5s ",
                           "5S",
                           "5sec",
                           "5m",
                           "5us",
                           "1e3s",
                           "inf s",
                           "infs",
                           "nans",
                           "0x10s",
                           "5s5s",
                           "1h30min",
                           ".",
                           "9999999999999999999h",
                           "-0s",
                           "1,5s",
                           ".5s",
                           "5.s",
                           "5..5s",
                           "1.0000000000s",
                           "1000000000000000001ms",
                           "277777777.9h",
                           "277777778h"}) {
    CAPTURE(text);
    const auto parsed = parse_duration(text);
    REQUIRE(parsed.has_error());
    CHECK(parsed.error() == errc::invalid_duration);
  }
}

TEST_CASE("sizes are read in powers of 1024") {
  CHECK(bytes_of("512B") == 512);
  CHECK(bytes_of("256KiB") == 256 * 1024);
  CHECK(bytes_of("2MiB") == 2 * 1024 * 1024);
  CHECK(bytes_of("1GiB") == 1024UL * 1024 * 1024);
  CHECK(bytes_of("0B") == 0);
  CHECK(bytes_of("18446744073709551615B") == 18446744073709551615UL);
}

TEST_CASE("invalid sizes are rejected") {
  for (const char* text :
       {"", "B", "-1B", "+1B", "1.5MiB", "1 KiB", "1KB", "1kib", "1K", "1MB", "18446744073709551616B",
        "18014398509481984KiB", "17179869184GiB", "0x10B", "1KiB "}) {
    CAPTURE(text);
    const auto parsed = parse_size(text);
    REQUIRE(parsed.has_error());
    CHECK(parsed.error() == errc::invalid_size);
  }
}

TEST_CASE("a duration is written in the largest unit that is exact, and can be parsed again") {
  CHECK(to_string(4s) == "4s");
  CHECK(to_string(250ms) == "250ms");
  CHECK(to_string(90s) == "90s");
  CHECK(to_string(120s) == "2min");
  CHECK(to_string(24h) == "24h");
  CHECK(to_string(0ms) == "0s");
  for (const auto d : {0ms, 1ms, 999ms, 1000ms, 59'999ms, 60'000ms, 3'600'000ms, 3'600'001ms, 86'400'000ms})
    CHECK(duration(to_string(d)) == d);
}

TEST_CASE("a size is written in the largest unit that is exact, and can be parsed again") {
  CHECK(size_to_string(256 * 1024) == "256KiB");
  CHECK(size_to_string(1000) == "1000B");
  CHECK(size_to_string(0) == "0B");
  CHECK(size_to_string(3UL << 30) == "3GiB");
  for (const std::size_t bytes :
       {0UL, 1UL, 1023UL, 1024UL, 1025UL, 1UL << 20, (1UL << 30) + 1, 18446744073709551615UL})
    CHECK(bytes_of(size_to_string(bytes)) == bytes);
}
