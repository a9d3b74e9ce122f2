#include <doctest/doctest.h>

#include <mqcoap/base/shared_list.hpp>
#include <string>
#include <utility>

using namespace mqcoap;

namespace {

using words = shared_list<std::string>;

}  // namespace

TEST_CASE("copies of a list share memory until one of them is changed") {
  words first{"a", "b"};
  words second = first;
  CHECK(first.identity() == second.identity());
  CHECK(first == second);
  second.push_back("c");
  CHECK(first.identity() != second.identity());
  CHECK(first == words{"a", "b"});
  CHECK(second == words{"a", "b", "c"});
  words third = second;
  third.front() = "x";
  third.erase(third.begin() + 1);
  CHECK(third == words{"x", "c"});
  third.pop_back();
  CHECK(third == words{"x"});
  CHECK(second == words{"a", "b", "c"});
}

TEST_CASE("an element is erased by a place in a list that is shared") {
  const words first{"a", "b", "c"};
  words second = first;
  second.erase(std::as_const(second).begin() + 1);
  CHECK(second == words{"a", "c"});
  CHECK(first == words{"a", "b", "c"});
}

TEST_CASE("only the owner of a list changes it in place") {
  words one{"a"};
  const auto* const before = one.identity();
  one.back() += "b";
  one[0] += "c";
  CHECK(one.identity() == before);
  CHECK(one.at(0) == "abc");
  CHECK_THROWS_AS(one.at(1), std::out_of_range);
}

TEST_CASE("an empty list has no memory, and is equal to another one") {
  words none;
  CHECK(none.identity() == nullptr);
  CHECK(none.empty());
  CHECK(std::as_const(none).begin() == std::as_const(none).end());
  CHECK(none == words(std::vector<std::string>()));
  words emptied{"a"};
  emptied.pop_back();
  CHECK(none == emptied);
  CHECK(emptied == none);
  CHECK_FALSE(none == words{"a"});
  CHECK_FALSE(words{"a"} == none);
  emptied.clear();
  CHECK(emptied.identity() == nullptr);
}
