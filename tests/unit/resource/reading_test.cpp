#include <doctest/doctest.h>

#include <mqcoap/resource/backend/reading.hpp>
#include <mqcoap/resource/formula.hpp>
#include <string>
#include <string_view>

using namespace mqcoap;

namespace {

using form = reading_options::form;

/// Returns the value's text, or `fault: ` and the message.
std::string read(const reading_options& options, std::string_view text) {
  const auto made = reading(options, 4).make(text);
  return made ? std::string(made->text()) : "fault: " + made.error().message;
}

std::string read_json(const reading_options& options, std::string_view json) {
  const auto made = reading(options, 4).make(*json_text::parse(json));
  return made ? std::string(made->text()) : "fault: " + made.error().message;
}

}  // namespace

TEST_CASE("text is read without the line end behind it, and has to be UTF-8") {
  CHECK(read({}, "ready\n") == R"("ready")");
  CHECK(read({}, "ready\r\n") == R"("ready")");
  CHECK(read({}, "a\n\n") == "\"a\\n\"");  // only one line end is removed
  CHECK(read({}, "") == R"("")");
  CHECK(read({}, "\xff\xfe") == "fault: it is not UTF-8 text; this was read: '?\?'");
}

TEST_CASE("a number is decimal and finite, with white space around it") {
  const reading_options number{.as = form::number};
  CHECK(read(number, " 21500\n") == "21500");
  CHECK(read(number, "+2.5e-1\r\n") == "0.25");
  CHECK(read(number, "-0.0") == "-0");
  for (const char* integer : {"0", "-9223372036854775808", "9007199254740993", "18446744073709551615"})
    CHECK(read(number, integer) == integer);
  CHECK(read(number, "+007") == "7");
  CHECK(read(number, "18446744073709551616") == "18446744073709551616");
  for (const char* none :
       {"", "\n", "nan", "inf", "-inf", "1e999", "0x10", "12 V", "++1", "+-1", "1,5", "."}) {
    CAPTURE(none);
    CHECK(read(number, none).starts_with("fault: it is not a number; "));
  }
  CHECK(read(number, "off\n") == "fault: it is not a number; this was read: 'off'");
  CHECK(read(number, "") == "fault: it is not a number; nothing was read");
  const auto long_fault = read(number, std::string(500, 'x'));
  CHECK(long_fault.size() < 140);
}

TEST_CASE("NUL bytes at the end belong to no value") {
  using namespace std::string_view_literals;
  CHECK(read({}, "on\0"sv) == R"("on")");
  CHECK(read({}, "on\n\0\0"sv) == R"("on")");
  CHECK(read({}, "a\0b"sv) == R"("a\u0000b")");
  CHECK(read({.as = form::number}, "21.5\0"sv) == "21.5");
  CHECK(read({.as = form::json}, "[1]\0"sv) == "[1]");
  CHECK(read({.as = form::number, .regex = ":([0-9.]+)$"}, "N:1.5\0"sv) == "1.5");
}

TEST_CASE("JSON is checked, also for its depth, and a pointer leads into it") {
  const reading_options json{.as = form::json};
  CHECK(read(json, " {\"a\": 1}\n") == "{\"a\": 1}");
  CHECK(read(json, "{").starts_with("fault: it is not JSON: "));
  CHECK(read(json, "[[[[[1]]]]]").starts_with("fault: it is not JSON: "));
  const reading_options at{.as = form::json, .pointer = "/sensors/1/p"};
  CHECK(read(at, R"({"sensors":[{},{"p":2.5}]})") == "2.5");
  CHECK(read(at, R"({"sensors":[]})") ==
        R"(fault: there is nothing at /sensors/1/p; this was read: '{"sensors":[]}')");
  CHECK(read_json(at, R"({"sensors":[{},{"p":[1]}]})") == "[1]");
}

TEST_CASE("a key that is given twice on the way of a pointer is no value") {
  const reading_options at{.as = form::json, .pointer = "/s/p"};
  const auto message = [](const std::string& key, const std::string& shown) {
    return "fault: the key '" + key +
           "', on the way to /s/p, is given twice in its object; this was read: '" + shown + '\'';
  };
  for (const auto* twice :
       {R"({"s":{"p":1,"q":2,"p":3}})", R"({"s":{"p":1,"p":1}})", R"({"s":{"p":1,"\u0070":3}})"}) {
    CHECK(read(at, twice) == message("p", twice));
    CHECK(read_json(at, twice) == message("p", twice));
  }
  CHECK(read(at, R"({"s":1,"s":{"p":1}})") == message("s", R"({"s":1,"s":{"p":1}})"));
  // Duplicate keys elsewhere do no harm.
  CHECK(read(at, R"({"s":{"p":1,"q":2,"q":3},"t":1,"t":2})") == "1");
}

TEST_CASE("a regular expression gives its group, or the whole match") {
  CHECK(read({.as = form::number, .regex = R"((\d+)%)"}, "Use%\n 42%\n") == "42");
  CHECK(read({.as = form::text, .regex = R"(\w+%)"}, "Use 42%\n") == R"("42%")");
  CHECK(read({.as = form::number, .regex = R"((\d+)%)"}, "none") ==
        "fault: the regular expression matches nothing; this was read: 'none'");
  CHECK_FALSE(reading::find_regex_fault(R"((\d+)%)"));
  CHECK(reading::find_regex_fault("(").has_value());
  CHECK(reading::find_regex_fault("(a)(b)")->starts_with("it has 2 groups"));
}

TEST_CASE("the error of an expression names no function that only signals have") {
  CHECK(formula::find_fault("x + rand()", "x").value_or("none") ==
        "unknown: 'rand'; there are x, pi, e and the functions of muParser, such as sin(x)");
  CHECK(formula::find_fault("if(x, 1, 2)", "x").value_or("none") ==
        "muParser has no 'if'; use CONDITION ? A : B");
}

TEST_CASE("an expression makes another number of what was read") {
  CHECK(read({.as = form::number, .expr = "x / 1000"}, "21500\n") == "21.5");
  CHECK(read_json({.as = form::json, .pointer = "/ms", .expr = "x*2"}, R"({"ms":4})") == "8");
  CHECK(read({.as = form::number, .expr = "1 / x"}, "0") ==
        "fault: the expression gives no finite number for x = 0");
  CHECK(read_json({.as = form::json, .expr = "x"}, "[1]") ==
        "fault: it is not a number; this was read: '[1]'");
}
