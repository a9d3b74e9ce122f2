#include <doctest/doctest.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <optional>
#include <options/arguments.hpp>
#include <options/global_options.hpp>
#include <string>
#include <vector>

using namespace mqcoap::cli;

namespace {

/// The values of a command line that has one option or argument of each type.
struct values {
  std::size_t count = 0;
  std::optional<int> level{};
  double rate = 0;
  std::string text{};
  std::optional<std::string> choice{};
  std::vector<std::string> pointers{};
  std::string file{};
  std::vector<std::string> words{};
};

/// Reads a command line as the program does. @throws CLI::ParseError
values parsed(std::vector<std::string> arguments) {
  CLI::App app("test", "test");
  values into;
  command root(app);
  root.add_option("--count", into.count, "");
  root.add_option("--level", into.level, "")->between(-5, 20);
  root.add_option("--rate", into.rate, "")->between(0.001, 1e6);
  root.add_option("--text", into.text, "");
  root.add_option("--choice", into.choice, "");
  root.add_option("--pointer", into.pointers, "")->expected(1)->take_all();
  root.add_option("file", into.file, "");
  root.add_option("word", into.words, "");
  auto words = protect_values(std::move(arguments), [&](const std::string& word) {
    const auto* found = app.get_option_no_throw(word);
    return found != nullptr && found->get_items_expected_max() > 0;
  });
  std::reverse(words.begin(), words.end());
  app.parse(std::move(words));
  return into;
}

/// Returns why a command line is refused; empty if it is accepted.
std::string refusal(std::vector<std::string> arguments) {
  try {
    parsed(std::move(arguments));
    return {};
  } catch (const CLI::ParseError& e) {
    return e.what();
  }
}

}  // namespace

TEST_CASE("integers are read in decimal digits and in nothing else") {
  CHECK(parsed({"--count", "010"}).count == 10);
  CHECK(parsed({"--count", "08"}).count == 8);
  CHECK(parsed({"--count=0"}).count == 0);
  CHECK(parsed({"--count", "18446744073709551615"}).count == 18446744073709551615U);
  CHECK(parsed({"--level", "010"}).level == 10);
  CHECK(parsed({"--level", "-05"}).level == -5);
  for (const char* bad : {"0x3", "0X3", "0b1", "0o7", "1e2", "2.0", "+2", " 2", "2 ", "1_000", "1'000", "-2",
                          "", "two", "nan", "[2]", "2\n"}) {
    CAPTURE(bad);
    const auto why = refusal({"--count", bad});
    CHECK(why.find("--count: '") == 0);
    CHECK(why.find("expected a whole number in decimal digits, without a sign") != std::string::npos);
  }
  CHECK(refusal({"--level", "0x3"}) == "--level: '0x3': expected a whole number in decimal digits");
  CHECK(refusal({"--level", "99999999999"}) == "--level: '99999999999' is out of range");
  CHECK(refusal({"--count", "18446744073709551616"}) == "--count: '18446744073709551616' is out of range");
  CHECK(refusal({"--level", "021"}).find("not in range") != std::string::npos);
}

TEST_CASE("decimal numbers are finite") {
  CHECK(parsed({"--rate", "2"}).rate == 2);
  CHECK(parsed({"--rate", "0.5"}).rate == 0.5);
  CHECK(parsed({"--rate", "1e3"}).rate == 1000);
  CHECK(parsed({"--rate", "010"}).rate == 10);
  for (const char* bad :
       {"nan", "NaN", "-nan", "nan(1)", "inf", "-inf", "infinity", "INF", "0x1p3", "", "2x"}) {
    CAPTURE(bad);
    CHECK(refusal({"--rate", bad}).find("expected a decimal number like 2 or 0.5") != std::string::npos);
  }
  CHECK(refusal({"--rate", "1e999"}) == "--rate: '1e999' is out of range");
  CHECK_FALSE(refusal({"--rate", "0"}).empty());
}

TEST_CASE("a number that must be positive is refused in plain words") {
  const auto read = [](const char* text) -> std::string {
    CLI::App app;
    std::optional<std::size_t> count;
    command(app).add_option("--count", count, "")->positive();
    try {
      app.parse(std::vector<std::string>{text, "--count"});
      return std::to_string(*count);
    } catch (const CLI::ParseError& e) {
      return e.what();
    }
  };
  CHECK(read("010") == "10");
  CHECK(read("0") == "--count: 0 is not greater than 0");
  CHECK(read("000") == "--count: 0 is not greater than 0");
}

TEST_CASE("every text arrives as it was given") {
  for (const char* text : {"[t].yaml", "[1,,2]", "[0, 1]", "[a,b]", "[[11]]", "[]", "[", " [1]", "  x", "-5",
                           "-0.5", "-1e3", "[--]"}) {
    CAPTURE(text);
    CHECK(parsed({text}).file == text);
    CHECK(parsed({"f", text}).words == std::vector<std::string>{text});
    CHECK(parsed({"f", "a=1", text}).words == std::vector<std::string>{"a=1", text});
    CHECK(parsed({"--text", text}).text == text);
    CHECK(parsed({"--choice", text}).choice == text);
    CHECK(parsed({"--pointer", text, "--pointer", "b"}).pointers == std::vector<std::string>{text, "b"});
    CHECK(parsed({"--", text, text}).words == std::vector<std::string>{text});
  }
  CHECK(parsed({"f", "--", "-h"}).words == std::vector<std::string>{"-h"});
  CHECK(parsed({"f", "--", "--text"}).words == std::vector<std::string>{"--text"});
}
