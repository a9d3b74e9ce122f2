#include <support/result_printer.hpp>

#include <boost/json.hpp>
#include <mqcoap/json/json_members.hpp>
#include <mqcoap/json/json_text.hpp>
#include <random>
#include <string>

using namespace mqcoap;

TEST_CASE("text is kept as it came, digits and all") {
  for (const char* text : {"18446744073709551615", "-9223372036854775808", "0.1000", "1E2", "[1, 2]",
                           "\"\\u00e4\"", "123456789012345678901234567890"}) {
    const auto j = json_text::parse(text);
    REQUIRE(j);
    CHECK(j->text() == text);
  }
  CHECK(json_text::parse(" \n[1]\t")->text() == "[1]");
}

TEST_CASE("text that is not JSON, too deep or not finite is rejected with the reason") {
  for (const char* bad :
       {"", " ", "nul", "[1,]", "{\"a\":1,}", "'a'", "NaN", "Infinity", "01", "+1", "\"\x01\"", "[1] 2",
        "\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\\ud800\"", "// c\n1", "1e999", "[-1e400]"}) {
    CAPTURE(bad);
    const auto j = json_text::parse(bad);
    REQUIRE_FALSE(j);
    CHECK_FALSE(j.error().reason.empty());
  }
  CHECK(json_text::parse(std::string(32, '[') + std::string(32, ']'), 32));
  CHECK_FALSE(json_text::parse(std::string(33, '[') + std::string(33, ']'), 32));
}

TEST_CASE("iterating over members finds what the parser found, for any text") {
  std::mt19937 random(7);
  const std::string pieces[] = {"{", "}", "[", "]",      "\"a\"", "\"\\\\\"", "\"\\\"]\"",
                                ":", ",", "1", "-2.5e3", "true",  "null",     " "};
  int valid = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text = "{\"k\":";
    for (unsigned n = random() % 9; n > 0; --n) text += pieces[random() % std::size(pieces)];
    text += '}';
    if (validate_json(text, 32)) continue;
    ++valid;
    const auto tree = boost::json::parse(text).as_object();
    std::size_t members = 0;
    for (json_members m(text); m.next(); ++members) REQUIRE_FALSE(validate_json(m.value(), 32));
    REQUIRE(members >= tree.size());  // the tree drops duplicate keys
  }
  CHECK(valid > 1000);
}

TEST_CASE("strings are escaped where JSON demands it and decoded back") {
  const std::string message = "a\"b\\c\n\t\r\x01 \xc3\xa4";
  const auto j = json_text::from_string(message);
  CHECK(j.text() == "\"a\\\"b\\\\c\\n\\t\\r\\u0001 \xc3\xa4\"");
  CHECK(decode_json_string(j.text()) == message);
  CHECK(decode_json_string("\"\\u00e4\\ud83d\\ude00\"") == "\xc3\xa4\xf0\x9f\x98\x80");
}
