#include <doctest/doctest.h>

#include <mqcoap/base/glob.hpp>
#include <mqcoap/config/glob_overlap.hpp>
#include <string>
#include <vector>

using namespace mqcoap;
using namespace mqcoap::config;

TEST_CASE("two patterns overlap if and only if a text matches both") {
  const std::vector<std::string> patterns{"",   "*",  "?",   "a",   "b",   "a*", "*a",  "*a*", "a?",
                                          "?b", "ab", "a*b", "*ab", "b*a", "??", "a*a", "**"};
  std::vector<std::string> texts{""};
  for (std::size_t i = 0; texts[i].size() < 5; ++i)
    for (char c : {'a', 'b', 'c'}) texts.push_back(texts[i] + c);
  for (const auto& a : patterns)
    for (const auto& b : patterns) {
      bool common = false;
      for (const auto& text : texts) common |= glob_match(a, text) && glob_match(b, text);
      CHECK_MESSAGE(globs_overlap(a, b) == common, a, " and ", b);
    }
}
