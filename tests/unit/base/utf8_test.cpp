#include <doctest/doctest.h>

#include <mqcoap/base/utf8.hpp>

using namespace mqcoap;

TEST_CASE("text is truncated between characters") {
  CHECK(cut_utf8("abc", 3) == "abc");
  CHECK(cut_utf8("abc", 2) == "ab");
  CHECK(cut_utf8("abc", 0) == "");
  CHECK(cut_utf8("1\u20acx", 4) == "1\u20ac");
  CHECK(cut_utf8("1\u20acx", 3) == "1");
  CHECK(cut_utf8("1\u20acx", 2) == "1");
  CHECK(cut_utf8("\u20ac", 2) == "");
}
