#include <doctest/doctest.h>

#include <boost/json/value.hpp>
#include <chrono>
#include <cmath>
#include <mqcoap/resource/signal/signal.hpp>
#include <set>

#include "recorder.hpp"
#include "support/cell_writer.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

signal_resource make(signal_options options, const mqcoap::clock& time) {
  return make_alone<signal_resource>(std::move(options), time);
}

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
  auto signal = make({"3 + 0.5*sin(2*pi*0.2*t)"}, time);
  CHECK(ask(signal, {.path = "i"}).body.text() == "3");
  time.advance(1250ms);
  CHECK(number_of(ask(signal, {.path = "i"})) == doctest::Approx(3.5));
  time.advance(2500ms);
  CHECK(number_of(ask(signal, {.path = "i"})) == doctest::Approx(2.5));
}

TEST_CASE("a sampled signal keeps the number of the last point of its grid, which does not drift") {
  manual_clock time;
  time.advance(7777ms);
  auto signal = make({"t", 100ms}, time);
  CHECK(ask(signal, {.path = "s"}).body.text() == "0");
  time.advance(99ms);
  CHECK(ask(signal, {.path = "s"}).body.text() == "0");
  time.advance(1ms);
  CHECK(ask(signal, {.path = "s"}).body.text() == "0.1");
  time.advance(1h + 50ms);  // there was no request in the meantime
  CHECK(ask(signal, {.path = "s"}).body.text() == "3600.1");
  CHECK(signal.measured() == 3600.1);
}

TEST_CASE("a sample with noise is drawn once, and a fault of it stays as well") {
  manual_clock time;
  auto noise = make({"noise()", 1s}, time);
  const auto first = std::string(ask(noise, {.path = "s"}).body.text());
  time.advance(999ms);
  CHECK(ask(noise, {.path = "s"}).body.text() == first);
  time.advance(1ms);
  CHECK(ask(noise, {.path = "s"}).body.text() != first);
  auto broken = make({"1/t", 1s}, time);
  time.advance(500ms);
  CHECK(message_of(ask(broken, {.path = "s"})) == "s at t = 0: its expression gives no finite number");
  CHECK_FALSE(broken.measured().has_value());
  time.advance(500ms);
  CHECK(ask(broken, {.path = "s"}).body.text() == "1");
}

TEST_CASE("a signal that is a metric is computed when it is asked for") {
  manual_clock time;
  auto signal = make({"2*t", 0ms, true}, time);
  CHECK(signal.is_metric());
  time.advance(1500ms);
  CHECK(signal.measured() == 3);
}

TEST_CASE("a signal is written as a person would write it") {
  manual_clock time;
  const auto written = [&](const char* expression) {
    auto signal = make({expression}, time);
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
  auto noise = make({"noise()"}, time);
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
  CHECK(std::abs(squares / n - 1) < 0.25);  // eleven standard deviations
  auto difference = make({"noise() - noise()"}, time);
  CHECK(number_of(ask(difference, {.path = "n"})) != 0);
}

TEST_CASE("two signals have noise of their own") {
  manual_clock time;
  auto a = make({"noise()"}, time), b = make({"noise()"}, time);
  CHECK(ask(a, {.path = "n"}).body.text() != ask(b, {.path = "n"}).body.text());
}

TEST_CASE("a signal that is not finite gets 500 with the time and the reason") {
  manual_clock time;
  auto signal = make({"1/(t-2)"}, time);
  CHECK(number_of(ask(signal, {.path = "s"})) == -0.5);
  time.advance(2s);
  const auto failed = ask(signal, {.path = "s"});
  CHECK(failed.code == response_code::internal_server_error);
  CHECK(message_of(failed) == "s at t = 2: its expression gives no finite number");
  time.advance(2s);
  CHECK(number_of(ask(signal, {.path = "s"})) == 0.5);
  auto not_a_number = make({"sqrt(-1)"}, time);
  CHECK(ask(not_a_number, {.path = "s"}).code == response_code::internal_server_error);
}

TEST_CASE("an expression that cannot be used is answered with 500, not thrown") {
  manual_clock time;
  auto signal = make({"sin("}, time);
  CHECK(ask(signal, {.path = "s"}).code == response_code::internal_server_error);
}

TEST_CASE("a signal takes GET only, as application/json only") {
  manual_clock time;
  auto signal = make({"t"}, time);
  for (const auto verb : {method::post, method::put, method::del})
    CHECK(message_of(ask(signal, {verb, "s"})) == "s allows GET, not " + std::string(to_string(verb)));
  request_options options;
  options.accept = "text/plain";
  CHECK(ask(signal, {.path = "s", .options = options}).code == response_code::not_acceptable);
}

TEST_CASE("a good expression has no fault") {
  for (const char* good :
       {"t", "1", "3 + 0.5*sin(2*pi*0.2*t) + 0.05*noise()", "t > 5 ? 1 : 0", "t == 3", "t != 3",
        "t <= 3 && t >= 1", "1/t", "log(t - 5)", "sqrt(noise())", "min(t, e)", "exp(-t/10)"}) {
    CAPTURE(good);
    CHECK_FALSE(signal_resource::check(good));
    CHECK_FALSE(signal_resource::find_doubt(good));
  }
}

TEST_CASE("an invalid expression is reported with what is wrong in it") {
  CHECK(fault_of("").find("empty") != std::string::npos);
  CHECK(fault_of("   ").find("empty") != std::string::npos);
  CHECK(fault_of("foo + 1").find("'foo'") != std::string::npos);
  CHECK(fault_of("sin(x)").find("noise()") != std::string::npos);
  CHECK(fault_of("noise").find("noise()") != std::string::npos);
  CHECK(fault_of("1,5").find("0.5, not 0,5") != std::string::npos);
  CHECK(fault_of("t = 3").find("==") != std::string::npos);
  CHECK(fault_of("(t=3)*2").find("==") != std::string::npos);
  for (const char* bad :
       {"1 +", "sin(", "sin()", "sin(1,2)", "(1", "1)", "2 t", "\"a\"", "1e999", "t @ 2", ";"})
    fault_of(bad);
}

TEST_CASE("an expression that is never a finite number is refused if it has no time in it") {
  for (const char* never : {"1/0", "sqrt(-1)", "0/0", "log(-1)", "ln(0)", "-1/0", "1e308*10",
                            "0 ? noise() : 1/0", "sqrt(-1) + noise()", "pi/0"}) {
    CAPTURE(never);
    CHECK(fault_of(never) == "it is never a finite number, so that every GET would get 500");
  }
}

TEST_CASE("an expression that seems never to be a finite number is doubted if there is time in it") {
  for (const char* never : {"sqrt(-1)*t", "t/0", "log(-1 - t)", "sqrt(-1 - abs(noise()))*t"}) {
    CAPTURE(never);
    CHECK_FALSE(signal_resource::check(never));
    const auto doubt = signal_resource::find_doubt(never);
    REQUIRE(doubt);
    CHECK(doubt->starts_with("it is a finite number at none of the "));
  }
}

TEST_CASE("an error about something that muParser lacks names a substitute") {
  CHECK(fault_of("t % 2") == "muParser has no '%'; the remainder of a/b is a - b*rint(a/b - 0.5)");
  CHECK(fault_of("noise()*2%3").starts_with("muParser has no '%'; "));
  CHECK(fault_of("mod(t, 2)") == "muParser has no 'mod'; the remainder of a/b is a - b*rint(a/b - 0.5)");
  CHECK(fault_of("5 mod 2").starts_with("muParser has no 'mod'; "));
  CHECK(fault_of("floor(t)") == "muParser has no 'floor'; rounding down is rint(x - 0.5)");
  CHECK(fault_of("2*_pi") == "muParser has no '_pi'; use pi");
  CHECK(fault_of("rand()") == "muParser has no 'rand'; for a random number use noise()");
  CHECK(fault_of("modulus").starts_with("unknown: 'modulus'; there are t, "));
  CHECK(fault_of("iffy(t)").starts_with("unknown: 'iffy'; "));
}

TEST_CASE("the substitutes for what muParser lacks give the same numbers") {
  manual_clock time;
  auto down = make({"rint(t/4 - 0.5)"}, time), up = make({"-rint(-t/4 - 0.5)"}, time);
  auto rest = make({"t - 2.5*rint(t/2.5 - 0.5)"}, time);
  for (int i = 0; i < 41; ++i, time.advance(250ms)) {
    const double t = 0.25 * i;
    CAPTURE(t);
    CHECK(number_of(ask(down, {.path = "s"})) == std::floor(t / 4));
    CHECK(number_of(ask(up, {.path = "s"})) == std::ceil(t / 4));
    CHECK(number_of(ask(rest, {.path = "s"})) == doctest::Approx(std::fmod(t, 2.5)));
  }
}

TEST_CASE("pi and e have all their digits") {
  manual_clock time;
  const auto given = [&](const char* name) {
    auto signal = make({name}, time);
    return std::string(ask(signal, {.path = "s"}).body.text());
  };
  CHECK(given("pi") == "3.141592653589793");
  CHECK(given("e") == "2.718281828459045");
}
