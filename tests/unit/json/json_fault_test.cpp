#include <support/result_printer.hpp>

#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/json/json_fault.hpp>
#include <random>
#include <string>

using namespace mqcoap;

namespace {

std::string explained(std::string_view text) {
  const auto fault = validate_json(text, 32);
  REQUIRE_MESSAGE(fault.has_value(), text);
  return explain_json_fault(text, *fault, 32);
}

}  // namespace

TEST_CASE("a fault is reported with its position, the text there, and a hint") {
  CHECK(explained(R"({"body":{"gain":NaN,"x":1}})") ==
        R"(NaN is not a JSON value (at byte 16: {"body":{"gain":-->NaN,"x":1}}); )"
        "JSON has no NaN and no Infinity: use null");
  CHECK(explained("{'a':1}") ==
        "a key in single quotes (at byte 1: {-->'a':1}); keys and strings need double quotes");
  CHECK(explained("[1,2,]") ==
        "a comma with nothing after it (at byte 4: [1,2-->,]); leave out the last comma");
}

TEST_CASE("each common mistake has a hint") {
  struct {
    const char* text;
    std::size_t offset;
    const char* what;
    const char* hint;
  } const suspects[] = {
      {"[NaN]", 1, "NaN is no", "use null"},
      {"[-Infinity]", 1, "-Infinity is no", "use null"},
      {"[nan]", 1, "nan is no", "use null"},
      {"[ inf ]", 2, "inf is no", "use null"},
      {"{\"a\":True}", 5, "True is no", "write true"},
      {"{\"a\":False}", 5, "False is no", "write false"},
      {"{\"a\":None}", 5, "None is no", "write null"},
      {"{\"a\":undefined}", 5, "undefined is no", "write null"},
      {"NULL", 0, "NULL is no", "write null"},
      {"\xef\xbb\xbf{}", 0, "byte order mark", "UTF-8"},
      {"{\"a\":'x'}", 5, "single quotes", "double quotes"},
      {"{\"a\":1,}", 6, "a comma with nothing", "last comma"},
      {"{\"a\":1,,}", 7, "missing before ','", ""},
      {"[\"\\ud800\"]", 2, "lone surrogate", "pair"},
      {"[\"\\udc00\"]", 2, "lone surrogate", "pair"},
      {"[\"\\ud800\\u0041\"]", 2, "lone surrogate", "pair"},
      {"{a:1}", 1, "a key without quotes", "double quotes"},
      {"{1:1}", 1, "a key without quotes", "double quotes"},
      {"[\"a\nb\"]", 3, "control character", "\\n"},
      {"[\"a\tb\"]", 3, "control character", "\\t"},
      {"[\"a\x1b[0m\"]", 3, "control character", "\\u001b"},
      {"{\"a\":1} // x", 8, "a comment", "no comments"},
      {"{/* x */}", 1, "a comment", "no comments"},
      {"[1 # x\n]", 3, "a comment", "no comments"},
      {"[\"\\x41\"]", 2, "an escape", "\\u00"},
      {"[\"\\d\"]", 2, "an escape", "\\\\"},
      {"[\"\\u12\"]", 2, "four hexadecimal digits", "four"},
      {"[\"\xe4\"]", 2, "not UTF-8", "UTF-8"},
      {"[\"\xc3\xa9\xa0\"]", 4, "not UTF-8", "UTF-8"},
      {"[idle]", 1, "without quotes", "double quotes"},
      {"[01]", 1, "leading zero", ""},
      {"[+1]", 1, "plus sign", ""},
      {"[.5]", 1, "before the decimal point", "0.5"},
      {"[5.]", 1, "after the decimal point", "5.0"},
      {"[0x1f]", 1, "hexadecimal", "decimal"},
      {"{\"a\"=1}", 4, "':' is missing", "'='"},
      {"{\"a\" 1}", 5, "':' is missing", ""},
      {"[1 2]", 3, "',' is missing", ""},
      {"[1;2]", 2, "',' is missing", "';'"},
      {"[1}", 2, "where ']' is expected", ""},
      {"{\"a\":1", 6, "'{' is not closed", "cut off"},
      {"[\"abc", 1, "never closed", "quote"},
      {"{} x", 3, "something follows", ""},
      {"", 0, "too early", ""},
  };
  for (const auto& s : suspects) {
    CAPTURE(s.text);
    REQUIRE(validate_json(s.text, 32));
    const auto flaw = find_json_flaw(s.text, 32);
    REQUIRE(flaw);
    CHECK(flaw->offset == s.offset);
    CHECK_MESSAGE(flaw->what.find(s.what) != std::string::npos, flaw->what);
    CHECK_MESSAGE(flaw->hint.find(s.hint) != std::string::npos, flaw->hint);
  }
}

TEST_CASE("text that is rejected for its depth keeps that reason") {
  CHECK(explained(std::string(40, '[')).starts_with("it is nested deeper than 32 levels (at byte 32"));
}

TEST_CASE("a flaw is found in exactly the texts that the parser rejects") {
  std::mt19937 random(11);
  const std::string pieces[] = {"{",         "}",
                                "[",         "]",
                                "\"a\"",     "\"\\u00e4\\\\\"",
                                ":",         ",",
                                "1",         "-2.5e3",
                                "true",      "null",
                                " ",         "\"\xc3\xa9\"",
                                "0",         "\"\\ud83d\\ude00\"",
                                "'",         "\\",
                                "\"\\ud83d", "NaN",
                                "\x01",      "\xff",
                                "//",        "-",
                                "1E+3",      "\t"};
  int valid = 0, invalid = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text = round % 2 == 0 ? "[" : "{\"k\":";
    for (unsigned n = random() % 8; n > 0; --n) text += pieces[random() % std::size(pieces)];
    text += round % 2 == 0 ? ']' : '}';
    const auto fault = validate_json(text, 32);
    // A number may follow the grammar and still be too large.
    if (fault && (fault->not_finite || fault->reason.find("exponent") != std::string::npos)) continue;
    const bool is_valid = !fault;
    REQUIRE_MESSAGE(is_valid != find_json_flaw(text, 32).has_value(), text);
    ++(is_valid ? valid : invalid);
  }
  CHECK(valid > 1000);
  CHECK(invalid > 1000);
}

TEST_CASE("texts in which the name of a secret is repeated are explained in linear time") {
  // With quadratic time this would take minutes.
  for (const std::string part : {"token:", "token", "\"token\"", "token:\"", "token: [", "password=\\"}) {
    std::string text = "{\"body\":\"";
    while (text.size() < 1'000'000) text += part;
    const auto whole = text + '\x01';
    CHECK(text_around(whole, whole.size()).size() < 100);
  }
}

TEST_CASE("what is shown of a text is safe, on one line, short, and shows no token") {
  const std::string hostile =
      "{\"a\":\"\x1b]0;x\x07\xc2\x9b"
      "2J\xe2\x80\xae\n\xff\",}";
  for (std::size_t at = 0; at <= hostile.size(); ++at) {
    const auto shown = text_around(hostile, at);
    CHECK(safe_text(shown) == shown);
    CHECK(shown.size() < 100);
  }
  for (const char* text :
       {R"({"header":{"token":"hunter2","method":NaN}})", R"({"token" : "hunter2)",
        R"({'token': 'hunter2', "a":1})", R"({token: hunter2})", R"({"token":"hun\"hunter2"x})",
        R"({"body":{"password":"hunter2",}})", R"({"token" "hunter2"})", R"({"token":"abc"hunter2"})",
        R"({"token":["a","hunter2"]})", R"({"a":"token","token":{"b":1,"c":"hunter2"}})",
        R"({"token":: "hunter2"})", R"({"token": hunter2"})", R"({"token":nullhunter2})",
        R"({"token":12 hunter2})"})
    for (const char* within : {"", ",", "}", "]", "\n", ", ", "\\\""}) {
      std::string whole = text;
      whole.insert(whole.find("nter2"), within);
      CAPTURE(whole);
      for (std::size_t at = 0; at <= whole.size(); ++at)
        CHECK(text_around(whole, at).find("nter2") == std::string::npos);
    }
}

TEST_CASE("what follows the value of a secret is shown") {
  const std::string text = R"({"token": "hunter2", "password":null ,"a":NaN})";
  CHECK(text_around(text, text.find("NaN")).find(R"("a":-->NaN})") != std::string::npos);
}
