#include <doctest/doctest.h>

#include <array>
#include <mqcoap/base/closest.hpp>
#include <random>
#include <string>
#include <vector>

using namespace mqcoap;

TEST_CASE("the distance counts insertions, deletions, replacements and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("persist", "persist") == 0);
  CHECK(edit_distance("persits", "persist") == 1);
  CHECK(edit_distance("persit", "persist") == 1);
  CHECK(edit_distance("perrsist", "persist") == 1);
  CHECK(edit_distance("persisd", "persist") == 1);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the distance is the same from both sides") {
  std::mt19937 random(3);
  const auto word = [&] {
    std::string made;
    for (auto left = random() % 10; left > 0; --left) made += "abc"[random() % 3];
    return made;
  };
  for (int i = 0; i < 5000; ++i) {
    const auto a = word(), b = word();
    REQUIRE(edit_distance(a, b) == edit_distance(b, a));
    REQUIRE((edit_distance(a, b) == 0) == (a == b));
  }
}

TEST_CASE("the nearest known word is found if it is near enough") {
  const std::array<std::string_view, 4> known{"value", "values", "file", "exec"};
  CHECK(closest("valeu", known) == "value");
  CHECK(closest("valuess", known) == "values");
  CHECK(closest("fil", known) == "file");
  CHECK(closest("colour", known).empty());
  CHECK(closest("xx", known).empty());
  CHECK(closest("", known).empty());
  CHECK(closest("value", std::vector<std::string>{}).empty());
}

TEST_CASE("very long words never produce a hint and cost little") {
  const std::string endless(1'000'000, 'x');
  CHECK(closest(endless, std::array<std::string_view, 1>{"value"}).empty());
  CHECK(edit_distance(endless, endless) == 0);
}
