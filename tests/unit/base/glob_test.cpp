#include <doctest/doctest.h>

#include <mqcoap/base/glob.hpp>
#include <random>
#include <string>

using namespace mqcoap;

namespace {

/// Matches a glob with a simple and slow algorithm.
bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*')
    return matches(pattern.substr(1), text) || (!text.empty() && matches(pattern, text.substr(1)));
  return !text.empty() && (pattern.front() == '?' || pattern.front() == text.front()) &&
         matches(pattern.substr(1), text.substr(1));
}

}  // namespace

TEST_CASE("a star stands for any run of characters, a question mark for one") {
  CHECK(glob_match("ARD_*", "ARD_7"));
  CHECK(glob_match("ARD_*", "ARD_"));
  CHECK_FALSE(glob_match("ARD_*", "ARD"));
  CHECK_FALSE(glob_match("ARD_*", "xARD_7"));
  CHECK(glob_match("2D_??_*_9999", "2D_XX_0_9999"));
  CHECK_FALSE(glob_match("2D_??_*_9999", "2D_X_0_9999"));
  CHECK(glob_match("*", ""));
  CHECK(glob_match("*", "anything/at all"));
  CHECK_FALSE(glob_match("?", ""));
  CHECK(glob_match("*a*b*", "xxaxxbxx"));
  CHECK_FALSE(glob_match("*a*b*", "xxbxxaxx"));
}

TEST_CASE("without wildcards a pattern matches itself only") {
  CHECK(glob_match("", ""));
  CHECK_FALSE(glob_match("", "a"));
  CHECK(glob_match("axuv", "axuv"));
  CHECK_FALSE(glob_match("axuv", "axuv2"));
  CHECK_FALSE(glob_match("axuv", "axu"));
  CHECK_FALSE(glob_match("axuv", "AXUV"));
  CHECK(glob_match("a[b].", "a[b]."));
}

TEST_CASE("after a partial match the star matches more") {
  CHECK(glob_match("*ab", "aab"));
  CHECK(glob_match("*aab", "aaaab"));
  CHECK(glob_match("a*bc*d", "abxbcxbcd"));
  CHECK_FALSE(glob_match("a*bc*d", "abxbxbd"));
}

TEST_CASE("a pattern with exponential cost for a naive search is matched quickly") {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "a*";
  const std::string text(10'000, 'a');
  CHECK(glob_match(pattern, text));
  CHECK_FALSE(glob_match(pattern + 'b', text));
  CHECK_FALSE(glob_match(std::string(1000, '*') + 'b', text));
}

TEST_CASE("the matcher agrees with the definition for random patterns and texts") {
  std::mt19937 random(7);
  const auto word = [&](std::string_view letters) {
    std::string made;
    for (auto left = random() % 8; left > 0; --left) made += letters[random() % letters.size()];
    return made;
  };
  for (int i = 0; i < 20'000; ++i) {
    const auto pattern = word("aab*?"), text = word("ab");
    REQUIRE_MESSAGE(glob_match(pattern, text) == matches(pattern, text), pattern << " / " << text);
  }
}

TEST_CASE("only stars and question marks make a glob") {
  CHECK(is_glob("a*"));
  CHECK(is_glob("?"));
  CHECK_FALSE(is_glob(""));
  CHECK_FALSE(is_glob("a.b[c]"));
}
