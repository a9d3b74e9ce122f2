#include <support/result_printer.hpp>

#include <mqcoap/json/json_fault.hpp>
#include <mqcoap/json/json_members.hpp>
#include <mqcoap/json/json_scan.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace mqcoap;

namespace {

constexpr std::size_t depth = 32;

/// Checks that what the scan accepts is valid.
void require_sound(const std::string& text) {
  CAPTURE(text);
  if (scan_json(text, depth)) REQUIRE_FALSE(find_json_fault(text, depth));
  json_member_list members;
  json_member_list inner;
  if (!scan_json_object(text, depth, "header", members, inner)) return;
  REQUIRE_FALSE(find_json_fault(text, depth));
  const std::string_view object = std::string_view(text).substr(text.find('{'));
  std::size_t count = 0;
  for (json_members walk(object); walk.next(); ++count) {
    REQUIRE(count < members.size());
    REQUIRE(members[count].key == walk.key());
    REQUIRE(members[count].value == walk.value());
  }
  REQUIRE(count == members.size());
}

std::string joined(const std::vector<std::string>& numbers, std::string_view separator) {
  std::string text = "[";
  for (const auto& each : numbers) {
    if (text.size() > 1) text += separator;
    text += each;
  }
  return text + ']';
}

}  // namespace

TEST_CASE("common texts are accepted by the scan") {
  for (const char* text :
       {"null", " true ", "false", "0", "-0.5", "12.25e-3", "1E+9", "\"\"",
        "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"", R"("\"\\\/\b\f\n\r\t\u00e9")", "[]", "[ ]", "{}",
        "{ }", "[[],{}]", R"({"a":[1,{"b":null}],"c":"d"})", "\t[1 , 2\n,\r3]\n"}) {
    CAPTURE(text);
    CHECK(scan_json(text, depth));
  }
}

TEST_CASE("invalid texts are not accepted by the scan") {
  for (const char* text : {"",
                           " ",
                           "nul",
                           "nullx",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "{\"a\":1,}",
                           "{\"a\"}",
                           "{a:1}",
                           "{1:2}",
                           "[1}",
                           "{\"a\":1]",
                           "]",
                           "'a'",
                           "NaN",
                           "01",
                           "-01",
                           "+1",
                           "1.",
                           ".5",
                           "1.e5",
                           "1e",
                           "1e+",
                           "--1",
                           "-",
                           "\"",
                           "\"a",
                           "\"\\\"",
                           "\"\\x\"",
                           "\"\\u12g4\"",
                           "\"\\u12",
                           "\"\x01\"",
                           "\"\x7f",
                           "[1] 2",
                           "\"\xff\"",
                           "\"\xc3\"",
                           "\"\xc0\xaf\"",
                           "\"\xe0\x9f\xbf\"",
                           "\"\xed\xa0\x80\"",
                           "\"\xf0\x8f\xbf\xbf\"",
                           "\"\xf4\x90\x80\x80\"",
                           "\"\xf5\x80\x80\x80\"",
                           "\"\xe2\x82\"",
                           "\"\xe2\x82x\"",
                           "\"\\ud800\"",
                           "\"\\uDFFF\"",
                           "1e999",
                           "[-1e400]",
                           "\xef\xbb\xbf[]",
                           "// c\n1"}) {
    CAPTURE(text);
    CHECK_FALSE(scan_json(text, depth));
  }
}

TEST_CASE("nesting is limited as it is for the parser") {
  for (const std::size_t limit : {0, 1, 2, 31, 32}) {
    CAPTURE(limit);
    const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
    if (limit > 0) CHECK(scan_json(nested(limit), limit));
    CHECK_FALSE(scan_json(nested(limit + 1), limit));
    CHECK(find_json_fault(nested(limit + 1), limit));
  }
  CHECK(scan_json("1", 0));
  // The scan leaves deeper nesting to the parser, as well as all errors that it finds.
  CHECK_FALSE(scan_json(std::string(65, '[') + std::string(65, ']'), 100));
  CHECK_FALSE(validate_json(std::string(65, '[') + std::string(65, ']'), 100));
}

TEST_CASE("the members of an object are listed, and those of one of them") {
  json_member_list members;
  json_member_list inner;
  REQUIRE(scan_json_object(R"( {"header" : {"a":1, "b" :[2,{"c":3}]} ,"body":"}","header":{"x":4}} )", depth,
                           "header", members, inner));
  REQUIRE(members.size() == 3);
  CHECK(members[0].key == "\"header\"");
  CHECK(members[0].value == R"({"a":1, "b" :[2,{"c":3}]})");
  CHECK(members[1].value == "\"}\"");
  CHECK(members[2].value == R"({"x":4})");
  REQUIRE(inner.size() == 2);
  CHECK(inner[0].value == "1");
  CHECK(inner[1].key == "\"b\"");
  CHECK(inner[1].value == R"([2,{"c":3}])");

  REQUIRE(scan_json_object(R"({"header":null})", depth, "header", members, inner));
  CHECK(inner.empty());
  CHECK_FALSE(scan_json_object("[]", depth, "header", members, inner));
  CHECK_FALSE(scan_json_object("{} {}", depth, "header", members, inner));
  CHECK_FALSE(scan_json_object(R"({"h\u0065ader":{}})", depth, "header", members, inner));
}

TEST_CASE("whatever is composed of pieces of JSON, accepted texts are valid") {
  std::mt19937 random(11);
  const std::string pieces[] = {
      "{",    "}",    "[", "]", "\"a\"",    "\"\\\\\"", "\"\\\"]\"", "\"header\"", ":", ",",  "1",   "-2.5e3",
      "true", "null", " ", "0", "\xc3\xa9", "\\",       "-",         "e5",         ".", "\"", "1e99"};
  int taken = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text = round % 2 == 0 ? "{\"header\":" : "[";
    for (unsigned n = random() % 9; n > 0; --n) text += pieces[random() % std::size(pieces)];
    text += round % 2 == 0 ? '}' : ']';
    require_sound(text);
    taken += scan_json(text, depth) ? 1 : 0;
  }
  CHECK(taken > 1000);
}

TEST_CASE("arrays of numbers are taken in blocks, and one wrong byte in them is found") {
  std::mt19937 random(12);
  const std::string numbers[] = {
      "0",    "-0",   "7",        "1234",       "-56",  "0.125", "-3.5",
      "12e5", "1E-3", "-0.1e+07", "98765.4321", "1e99", "10",    "100000000000000000000"};
  const std::string_view separators[] = {",", ", ", ",", ", "};
  const std::string_view wrong = "0123456789,.-+eE []{}\"x\t\x01\xff";
  int changed_but_valid = 0;
  for (int round = 0; round < 4000; ++round) {
    std::vector<std::string> some;
    for (unsigned n = 10 + random() % 90; n > 0; --n) some.push_back(numbers[random() % std::size(numbers)]);
    auto text = joined(some, separators[random() % std::size(separators)]);
    REQUIRE_MESSAGE(scan_json(text, depth), text);
    for (int times = 0; times < 25; ++times) {
      auto broken = text;
      broken[random() % broken.size()] = wrong[random() % wrong.size()];
      CAPTURE(broken);
      if (random() % 4 == 0) broken.erase(random() % broken.size(), 1);
      const bool is_valid = !find_json_fault(broken, depth);
      if (scan_json(broken, depth)) REQUIRE(is_valid);
      changed_but_valid += is_valid ? 1 : 0;
    }
  }
  CHECK(changed_but_valid > 1000);
}

TEST_CASE("every length of a text in front of the wrong byte is scanned to it") {
  for (std::size_t length = 0; length < 200; ++length) {
    CAPTURE(length);
    const std::string plain(length, 'x');
    CHECK(scan_json('"' + plain + '"', depth));
    CHECK_FALSE(scan_json('"' + plain, depth));
    for (const char* bad : {"\x01", "\x1f", "\\", "\x80", "\xff"})
      CHECK_FALSE(scan_json('"' + plain + bad + '"', depth));
    CHECK_FALSE(scan_json('"' + plain + "\"x", depth));
    const auto zeros = joined(std::vector<std::string>(length, "0"), ",");
    CHECK(scan_json(zeros, depth));
    if (length > 0) CHECK_FALSE(scan_json(zeros.substr(0, zeros.size() - 1), depth));
    if (length > 0) CHECK_FALSE(scan_json(zeros.substr(0, zeros.size() - 1) + ",]", depth));
  }
}
