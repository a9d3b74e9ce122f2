#include <doctest/doctest.h>
#include <boost/json/parse.hpp>
#include <output/exchange_text.hpp>
#include <words/duration_text.hpp>
#include <words/holds.hpp>

using namespace mqcoap;
using namespace mqcoap::cli;
using namespace std::chrono_literals;
using state = seen_exchange::state;

namespace {

seen_exchange sample() {
  seen_exchange e;
  e.at = {1'795'376'802'522};
  e.tag = "DEV_1";
  e.subsystem = "axuv";
  e.from = "desk-7";
  e.path = "gains";
  e.verb = method::get;
  e.code = 205;
  e.took = 12'345us;
  e.request_bytes = 150;
  e.response_bytes = 200;
  return e;
}

}  // namespace

TEST_CASE("a line has the source, the request, the code, the time and the sizes") {
  const auto line = to_line(sample(), false);
  CHECK_MESSAGE(holds(line, "desk-7"), line);
  CHECK_MESSAGE(holds(line, "GET    DEV_1/axuv/gains  205 CONTENT 12.3 ms  150>200 B"), line);
  CHECK(line.find('\033') == std::string::npos);
  CHECK(holds(to_line(sample(), true), "\033[32m205"));
}

TEST_CASE("each state has its own text") {
  auto e = sample();
  e.late = true;
  CHECK(holds(to_line(e, false), "12.3 ms, late"));
  CHECK_FALSE(holds(to_line(e, false), "!"));
  e.what = state::repeated;
  CHECK(holds(to_line(e, false), "205 CONTENT again"));
  CHECK(holds(to_line(e, false), "! a second answer: who else answers for DEV_1?"));
  e.what = state::unsolicited;
  e.verb.reset();
  e.took.reset();
  CHECK(holds(to_line(e, false), "the request was not seen"));
  e = sample();
  e.what = state::overdue;
  e.code.reset();
  e.took = 5s;
  CHECK(holds(to_line(e, false), "no answer for 5.00 s  150 B"));
}

TEST_CASE("text from peers can neither end a line nor control the terminal") {
  auto e = sample();
  e.from = "a\nb\033[2J";
  e.path = "x\ny";
  e.fault = "bad\r\n";
  const auto line = to_line(e, false);
  for (char c : line) CHECK(static_cast<unsigned char>(c) >= 0x20);
}

TEST_CASE("the JSON object contains only known fields") {
  const auto value = boost::json::parse(to_json_line(sample()));
  CHECK(value.at("state") == "answered");
  CHECK(value.at("ms").to_number<double>() == doctest::Approx(12.345));
  CHECK(value.at("code").to_number<int>() == 205);
  CHECK(value.at("method") == "GET");
  CHECK_FALSE(value.as_object().contains("fault"));
  auto e = sample();
  e.what = state::overdue;
  e.code.reset();
  e.from = "a\"b\n";
  const auto overdue = boost::json::parse(to_json_line(e));
  CHECK_FALSE(overdue.as_object().contains("code"));
  CHECK_FALSE(overdue.as_object().contains("response_bytes"));
  CHECK(overdue.at("from") == "a\"b\n");
}

TEST_CASE("the summary counts, and has percentiles only where something was answered") {
  pairing_totals totals;
  totals.requests = 1;
  CHECK(to_summary(totals) == "1 requests, 0 answered, 1 not");
  totals.answered = 1;
  totals.codes[205] = 1;
  totals.latency.record(2'000'000);
  const auto message = to_summary(totals);
  CHECK_MESSAGE(holds(message, "1 205 CONTENT"), message);
  CHECK_MESSAGE(holds(message, "p50 2.00 ms, p95 2.00 ms, p99 2.00 ms, max 2.00 ms"), message);
}

TEST_CASE("durations have about three digits") {
  CHECK(to_text(0ns) == "0.00 ms");
  CHECK(to_text(420us) == "0.42 ms");
  CHECK(to_text(12'340us) == "12.3 ms");
  CHECK(to_text(123ms) == "123 ms");
  CHECK(to_text(1234ms) == "1.23 s");
  CHECK(milliseconds_of(1'234'567ns) == 1.235);
}
