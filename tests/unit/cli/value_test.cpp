#include <doctest/doctest.h>

#include <words/failure.hpp>
#include <words/value.hpp>

#include "unit/config/support.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;

namespace {

std::string no_file(const std::string& name) { throw usage_failure("there is no file " + name); }

std::string read(const std::vector<std::string>& words, const std::string& file = {}) {
  return std::string(read_value(
                         words, file.empty() ? file_reader(no_file) : [&](const auto&) { return file; })
                         .text());
}

}  // namespace

TEST_CASE("a value is JSON, else a string") {
  CHECK(read({}) == "null");
  CHECK(read({"5"}) == "5");
  CHECK(read({" -5"}) == "-5");
  CHECK(read({"12345678901234567890123"}) == "12345678901234567890123");
  CHECK(read({"[0, 1]"}) == "[0, 1]");
  CHECK(read({"{\"a\": 1}"}) == "{\"a\": 1}");
  CHECK(read({"true"}) == "true");
  CHECK(read({"null"}) == "null");
  CHECK(read({"idle"}) == "\"idle\"");
  CHECK(read({"two words"}) == "\"two words\"");
  CHECK(read({"\"5\""}) == "\"5\"");
  CHECK(read({""}) == "\"\"");
  CHECK(read({"07"}) == "\"07\"");
  CHECK(read({"http://x?a=b"}) == "\"http://x?a=b\"");
}

TEST_CASE("pairs make an object") {
  CHECK(read({"rate=5000"}) == R"({"rate":5000})");
  CHECK(read({"rate=5000", "mode=fast", "on=true", "list=[1, 2]", "s=\"5\"", "empty="}) ==
        R"({"rate":5000,"mode":"fast","on":true,"list":[1, 2],"s":"5","empty":""})");
  CHECK(read({"a.b-c_1=x=y"}) == R"({"a.b-c_1":"x=y"})");
  CHECK_THROWS_AS(read({"a=1", "a=2"}), usage_failure);
  CHECK_THROWS_AS(read({"a=1", "b"}), usage_failure);
  CHECK_THROWS_AS(read({"1", "2"}), usage_failure);
}

TEST_CASE("files and standard input") {
  CHECK(read({"@f"}, "[1,\n 2]\n") == "[1,\n 2]");
  CHECK(read({"@f"}, "plain text\n") == "\"plain text\"");
  CHECK(read({"@-"}, "two\nlines\r\n") == R"("two\nlines")");
  CHECK_THROWS_AS(read({"@"}), usage_failure);
  CHECK_THROWS_AS(read({"@f"}), usage_failure);
  CHECK_THROWS_AS(read({"@f"}, std::string("\xff\xfe", 2)), usage_failure);
}

TEST_CASE("a byte order mark is no part of a file's value") {
  CHECK(read({"@f"}, "\xef\xbb\xbf[1, 2]\n") == "[1, 2]");
  CHECK(read({"@f"}, "\xef\xbb\xbftext\n") == "\"text\"");
  CHECK_THROWS_AS(read({"@f"}, "\xef\xbb\xbf{a: 1}"), usage_failure);
  try {
    read({"@f"}, std::string("\xff\xfe[\0", 4));
    FAIL("accepted");
  } catch (const usage_failure& e) {
    CHECK(e.hint().find("UTF-16") != std::string::npos);
  }
}

TEST_CASE("text that looks like JSON but is invalid is rejected, with its position") {
  for (const char* bad : {"{a: 1}", "[1,", "\"open", "  {", "[NaN]", "1e999"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(read({bad}), usage_failure);
  }
  try {
    read({"@f"}, "{\n  \"a\": 1,\n  b\n}\n");
    FAIL("accepted");
  } catch (const usage_failure& e) {
    CHECK(std::string(e.what()).find("line 3, column 3") != std::string::npos);
    CHECK(std::string(e.what()).find("a key without quotes") != std::string::npos);
  }
  try {
    read({"[1, NaN]"});
    FAIL("accepted");
  } catch (const usage_failure& e) {
    CHECK(std::string(e.what()) ==
          "the value looks like JSON and is not: NaN is not a JSON value at character 5: [1, -->NaN]");
    CHECK(e.hint().starts_with("JSON has no NaN and no Infinity: use null\n"));
  }
}

TEST_CASE("a value has a largest size") {
  CHECK_THROWS_AS(read({"@f"}, std::string(largest_value + 1, 'x')), usage_failure);
  const test::temporary_folder folder;
  CHECK(read_input(folder.write("fits", "abc")) == "abc");
  CHECK_THROWS_AS(read_input(folder.write("large", std::string(largest_value + 1, 'x'))), usage_failure);
  CHECK_THROWS_AS(read_input(folder.path("none")), usage_failure);
  CHECK_THROWS_AS(read_input(folder.path("")), usage_failure);
}
