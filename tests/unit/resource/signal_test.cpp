#include <doctest/doctest.h>

#include <boost/json/value.hpp>
#include <chrono>
#include <cmath>
#include <mqcoap/resource/signal.hpp>
#include <set>

#include "recorder.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

double number_of(const answer& a) {
  REQUIRE(a.code == response_code::content);
  const auto value = a.body.value();
  REQUIRE(value.is_number());
  return value.to_number<double>();
}

std::string fault_of(const std::string& expression) {
  const auto fault = signal_resource::check(expression);
  REQUIRE(fault);
  CHECK_FALSE(fault->empty());
  return *fault;
}

}  // namespace

TEST_CASE("a signal is computed from the seconds since it was made") {
  manual_clock time;
  time.advance(100s);
  signal_resource signal({"3 + 0.5*sin(2*pi*0.2*t)"}, time);
  CHECK(ask(signal, {.path = "i"}).body.text() == "3");
  time.advance(1250ms);
  CHECK(number_of(ask(signal, {.path = "i"})) == doctest::Approx(3.5));
  time.advance(2500ms);
  CHECK(number_of(ask(signal, {.path = "i"})) == doctest::Approx(2.5));
}

TEST_CASE("a signal is written as a person would write it") {
  manual_clock time;
  const auto written = [&](const char* expression) {
    signal_resource signal({expression}, time);
    return std::string(ask(signal, {.path = "s"}).body.text());
  };
  CHECK(written("21.5") == "21.5");
  CHECK(written("1/4") == "0.25");
  CHECK(written("-7") == "-7");
  CHECK(std::stod(written("10^300")) == 1e300);
  CHECK(std::stod(written("e")) == doctest::Approx(2.718281828459045));
}

TEST_CASE("noise differs from call to call, within one expression too, and is normal about zero") {
  manual_clock time;
  signal_resource noise({"noise()"}, time);
  std::set<double> seen;
  double sum = 0, squares = 0;
  constexpr int n = 4000;
  for (int i = 0; i < n; ++i) {
    const double x = number_of(ask(noise, {.path = "n"}));
    seen.insert(x);
    sum += x;
    squares += x * x;
  }
  CHECK(seen.size() == n);
  CHECK(std::abs(sum / n) < 0.15);          // nine standard deviations of the mean
  CHECK(std::abs(squares / n - 1) < 0.25);  // eleven
  signal_resource difference({"noise() - noise()"}, time);
  CHECK(number_of(ask(difference, {.path = "n"})) != 0);
}

TEST_CASE("two signals have noise of their own") {
  manual_clock time;
  signal_resource a({"noise()"}, time), b({"noise()"}, time);
  CHECK(ask(a, {.path = "n"}).body.text() != ask(b, {.path = "n"}).body.text());
}

TEST_CASE("a signal that is not finite gets 500 with the time and the reason") {
  manual_clock time;
  signal_resource signal({"1/(t-2)"}, time);
  CHECK(number_of(ask(signal, {.path = "s"})) == -0.5);
  time.advance(2s);
  const auto failed = ask(signal, {.path = "s"});
  CHECK(failed.code == response_code::internal_server_error);
  CHECK(words_of(failed) == "s at t = 2: its expression gives no finite number");
  time.advance(2s);
  CHECK(number_of(ask(signal, {.path = "s"})) == 0.5);
  signal_resource not_a_number({"sqrt(-1)"}, time);
  CHECK(ask(not_a_number, {.path = "s"}).code == response_code::internal_server_error);
}

TEST_CASE("an expression that cannot be used is answered with 500, not thrown") {
  manual_clock time;
  signal_resource signal({"sin("}, time);
  CHECK(ask(signal, {.path = "s"}).code == response_code::internal_server_error);
}

TEST_CASE("a signal takes GET only, as application/json only") {
  manual_clock time;
  signal_resource signal({"t"}, time);
  for (const auto verb : {method::post, method::put, method::del})
    CHECK(words_of(ask(signal, {verb, "s"})) == "s allows GET, not " + std::string(to_string(verb)));
  request_options options;
  options.accept = "text/plain";
  CHECK(ask(signal, {.path = "s", .options = options}).code == response_code::not_acceptable);
}

TEST_CASE("a good expression has no fault") {
  for (const char* good : {"t", "1", "3 + 0.5*sin(2*pi*0.2*t) + 0.05*noise()", "t > 5 ? 1 : 0", "t == 3",
                           "t != 3", "t <= 3 && t >= 1", "1/0", "min(t, e)", "exp(-t/10)"}) {
    CAPTURE(good);
    CHECK_FALSE(signal_resource::check(good));
  }
}

TEST_CASE("a bad expression is told by what is wrong in it") {
  CHECK(fault_of("").find("empty") != std::string::npos);
  CHECK(fault_of("   ").find("empty") != std::string::npos);
  CHECK(fault_of("foo + 1").find("'foo'") != std::string::npos);
  CHECK(fault_of("sin(x)").find("noise()") != std::string::npos);
  CHECK(fault_of("noise").find("noise()") != std::string::npos);
  CHECK(fault_of("1,5").find("0.5, not 0,5") != std::string::npos);
  CHECK(fault_of("t = 3").find("==") != std::string::npos);
  CHECK(fault_of("(t=3)*2").find("==") != std::string::npos);
  CHECK(fault_of("_pi").find("'_pi'") != std::string::npos);
  for (const char* bad :
       {"1 +", "sin(", "sin()", "sin(1,2)", "(1", "1)", "2 t", "\"a\"", "1e999", "t @ 2", ";"})
    fault_of(bad);
}
