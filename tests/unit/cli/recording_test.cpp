#include <doctest/doctest.h>
#include <session/recording.hpp>
#include <words/base64.hpp>
#include <words/failure.hpp>

using namespace mqcoap;
using namespace mqcoap::cli;
using namespace std::chrono_literals;

TEST_CASE("base64 is that of RFC 4648, section 10") {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    CHECK(to_base64(plain) == coded);
    CHECK(from_base64(coded) == plain);
  }
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  CHECK(from_base64(to_base64(all)) == all);
  for (const char* wrong : {"Zg=", "Zg", "Z===", "Zm9!", "Zg==Zg=="})
    CHECK_FALSE(from_base64(wrong).has_value());
}

TEST_CASE("a message is one line, with its payload as text") {
  const auto line = to_line({12'500us, {1'795'376'802'522}, "a/b", "{\"x\":\n1}"});
  CHECK(line == R"({"t":12.500,"at":"2026-11-22T19:46:42.522Z","topic":"a/b","payload":"{\"x\":\n1}"})");
  const auto back = parse_recorded(line);
  CHECK(back.t == 12'500us);
  CHECK(back.topic == "a/b");
  CHECK(back.payload == "{\"x\":\n1}");
}

TEST_CASE("a payload that is not UTF-8 is restored byte for byte") {
  const std::string bytes("\xff\x00\xfe", 3);
  const auto line = to_line({0us, {}, "a", bytes});
  CHECK(line.find("\"encoding\":\"base64\"") != std::string::npos);
  CHECK(parse_recorded(line).payload == bytes);
}

TEST_CASE("an invalid line of a recording is rejected with the name of the member") {
  const auto refuses = [](const char* line, const char* word) {
    CHECK_THROWS_WITH_AS(parse_recorded(line), doctest::Contains(word), failure);
  };
  refuses("nothing", "JSON object");
  refuses("[]", "JSON object");
  refuses(R"({"topic":"a","payload":""})", "`t`");
  refuses(R"({"t":-1,"topic":"a","payload":""})", "`t`");
  refuses(R"({"t":1e300,"topic":"a","payload":""})", "`t`");
  refuses(R"({"t":1,"topic":2,"payload":""})", "`topic`");
  refuses(R"({"t":1,"topic":"a"})", "`payload`");
  refuses(R"({"t":1,"topic":"a","payload":"?","encoding":"base64"})", "base64");
  refuses(R"({"t":1,"topic":"a","payload":"","encoding":"hex"})", "base64");
}
