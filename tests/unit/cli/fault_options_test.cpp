#include <doctest/doctest.h>
#include <options/fault_options.hpp>
#include <words/failure.hpp>

using namespace mqcoap::cli;
using namespace std::chrono_literals;
using kind = latency_spread::kind;

TEST_CASE("a latency is a range or a mean") {
  const auto range = parse_latency("5ms..0.02s");
  CHECK(range.which == kind::even);
  CHECK(range.least == 5ms);
  CHECK(range.most == 20ms);
  const auto mean = parse_latency("10ms");
  CHECK(mean.which == kind::exponential);
  CHECK(mean.mean == 10ms);
  CHECK(parse_latency("0ms").which == kind::none);
}

TEST_CASE("invalid latencies are rejected") {
  for (const char* text : {"", "5", "5..20ms", "5ms..", "20ms..5ms", "5ms..20ms..30ms", "-5ms"})
    CHECK_THROWS_AS(parse_latency(text), usage_failure);
  try {
    parse_latency("5 ms..20ms");
    FAIL("accepted");
  } catch (const usage_failure& e) {
    CHECK(e.hint() == "5ms?");
  }
}

TEST_CASE("a share is a number of percent") {
  CHECK(parse_share("--drop", "1%") == doctest::Approx(0.01));
  CHECK(parse_share("--drop", "0.5%") == doctest::Approx(0.005));
  CHECK(parse_share("--drop", "0%") == 0);
  CHECK(parse_share("--drop", "100%") == 1);
}

TEST_CASE("invalid shares are rejected with the name of the option") {
  for (const char* text : {"", "%", "1", "-1%", "101%", "nan%", "1%%", "0x1%"})
    CHECK_THROWS_WITH_AS(parse_share("--drop", text), doctest::Contains("--drop"), usage_failure);
}
