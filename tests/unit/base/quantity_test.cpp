#include <support/result_printer.hpp>

#include <mqcoap/base/quantity.hpp>
#include <string>
#include <utility>

using namespace mqcoap;
using namespace std::chrono_literals;

TEST_CASE("a duration or size within bounds is read, the bounds included") {
  CHECK(*read_duration("1ms", 1ms, 10min) == 1ms);
  CHECK(*read_duration("10min", 1ms, 10min) == 10min);
  CHECK(*read_duration("0.5s", 1ms, 10min) == 500ms);
  CHECK(*read_size("1KiB", 1024, 64u << 20) == 1024);
  CHECK(*read_size("64MiB", 1024, 64u << 20) == 64u << 20);
}

TEST_CASE("a fault names what is expected, whether only the unit is missing, and what was meant") {
  const auto bare = read_duration("5", 1ms, 10min).error();
  CHECK(bare.expected == "a duration from 1ms to 10min");
  CHECK(bare.bare);
  CHECK(bare.hint == "5s?");
  const auto other = read_size("1MB", 1024, 64u << 20).error();
  CHECK(other.expected == "a size from 1KiB to 64MiB");
  CHECK_FALSE(other.bare);
  CHECK(other.hint == "1MiB?");
  const auto long_one = read_duration("11min", 1ms, 10min).error();
  CHECK_FALSE(long_one.bare);
  CHECK(long_one.hint.empty());
}

TEST_CASE("other spellings of durations are recognized for hints, but never accepted") {
  const std::pair<const char*, const char*> spellings[] = {{"5", "5s?"},
                                                           {"0.5", "0.5s?"},
                                                           {"1", "1s?"},
                                                           {"2m", "2min?"},
                                                           {"2M", "2min?"},
                                                           {"5 s", "5s?"},
                                                           {" 5s", "5s?"},
                                                           {"5s ", "5s?"},
                                                           {"5S", "5s?"},
                                                           {"5sec", "5s?"},
                                                           {"5 seconds", "5s?"},
                                                           {"0,5s", "0.5s?"},
                                                           {".5s", "0.5s?"},
                                                           {"2 minutes", "2min?"},
                                                           {"250msec", "250ms?"},
                                                           {"250MS", "250ms?"},
                                                           {"1hr", "1h?"},
                                                           {"1 Hour", "1h?"},
                                                           {"2mins", "2min?"},
                                                           {"1h 30min", ""},
                                                           {"5x", ""},
                                                           {"", ""},
                                                           {"-5s", ""},
                                                           {"s", ""},
                                                           {"1e3s", ""},
                                                           {"0x5s", ""},
                                                           {"999999999h", ""},
                                                           {"1.2.3s", ""},
                                                           {"5 d", ""},
                                                           {"\t5\ts", "5s?"}};
  for (const auto& row : spellings) {
    CAPTURE(row.first);
    const auto read = read_duration(row.first, 1ms, 24h);
    REQUIRE_FALSE(read);
    CHECK(read.error().hint == row.second);
  }
}

TEST_CASE("other spellings of sizes are recognized for hints, but never accepted") {
  const std::pair<const char*, const char*> spellings[] = {
      {"256", "256KiB?"}, {"1MB", "1MiB?"},        {"1M", "1MiB?"},     {"100k", "100KiB?"},
      {"1 MiB", "1MiB?"}, {"1mib", "1MiB?"},       {"64 KB", "64KiB?"}, {"2048b", "2048B?"},
      {"1GB", ""},        {"1.5MiB", ""},          {"-1MiB", ""},       {"", ""},
      {"MiB", ""},        {"2048 bytes", "2048B?"}};
  for (const auto& row : spellings) {
    CAPTURE(row.first);
    const auto read = read_size(row.first, 1024, 64u << 20);
    REQUIRE_FALSE(read);
    CHECK(read.error().hint == row.second);
  }
  CHECK(read_size("255", 16, 4096).error().hint == "255B?");
}

TEST_CASE("the value that a hint proposes is valid") {
  for (const char* written : {"5", "2m", "5 s", "700", "0.001", "90", "12h", "100000"}) {
    const auto hint = duration_hint(written, 1ms, 18h);
    CAPTURE(written);
    if (!hint.empty()) CHECK(read_duration(hint.substr(0, hint.size() - 1), 1ms, 18h));
  }
}
