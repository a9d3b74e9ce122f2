#include <doctest/doctest.h>

#include <mqcoap/base/safe_text.hpp>
#include <string>

using namespace mqcoap;

TEST_CASE("foreign text cannot end a line, control a terminal or change the visible order") {
  CHECK(safe_text("gains") == "gains");
  CHECK(safe_text("a\nb\x1b[31m\x7f\tc\rd") == "a?b?[31m??c?d");
  CHECK(safe_text("\xc2\x9b"
                  "31m") == "?31m");
  CHECK(safe_text("\u061c\u200e\u200f|\u202a\u202b\u202c\u202d\u202e|\u2066\u2067\u2068\u2069") ==
        "???|?????|????");
  CHECK(safe_text(std::string("a\0b", 3)) == "a?b");
  CHECK(safe_text("é ü \u00a0 \u200d \u2065 \u202f 日本 \U0001f600") ==
        "é ü \u00a0 \u200d \u2065 \u202f 日本 \U0001f600");
}

TEST_CASE("line feeds and tabs are kept on request; a carriage return, which overwrites a line, is not") {
  CHECK(safe_text("a\n\tb\r\nc\x1b", line_ends::kept) == "a\n\tb?\nc?");
}

TEST_CASE("bytes that are not UTF-8 are replaced one by one: a terminal may take them for C1") {
  CHECK(safe_text("a\x9b"
                  "31m") == "a?31m");
  CHECK(safe_text("\xc3") == "?");
  CHECK(safe_text("\xe2\x82") == "??");
  CHECK(safe_text("\xc0\x80") == "??");
  CHECK(safe_text("\xed\xa0\x80") == "???");
  CHECK(safe_text("\xf4\x90\x80\x80") == "????");
  CHECK(safe_text("\xff\xfe") == "??");
}

TEST_CASE("a field of a log line is cut where it is long, between characters") {
  CHECK(log_safe("a\nb\x1b[31m\x7f") == "a?b?[31m?");
  CHECK(log_safe(std::string(300, 'x')).size() == 256 + 3);
  CHECK(log_safe("abcdef", 3) == "abc...");
  CHECK(log_safe("ab\u20ac", 3) == "ab...");
}

TEST_CASE("JSON keeps its value: such characters are escaped within strings") {
  CHECK(safe_json(R"({"a":[1,"é \u001b"]})") == R"({"a":[1,"é \u001b"]})");
  CHECK(safe_json("[\"\x7f\xc2\x9b\u202e\"]") == R"(["\u007f\u009b\u202e"])");
  CHECK(safe_json("[1,\r\n\t2]") == "[1, \n\t2]");
  CHECK(safe_json("[1,\r\n\t2]", line_ends::replaced) == "[1,   2]");
}

TEST_CASE("a table cell shows which character was replaced") {
  CHECK(escaped_text("a\x1b[2J\x7f\u202e") == R"(a\u001b[2J\u007f\u202e)");
  CHECK(escaped_text("a\tb\nc\r\nd\re") == "a\tb\nc\r\nd\\u000de");
  CHECK(escaped_text("\x9b") == "?");
}
