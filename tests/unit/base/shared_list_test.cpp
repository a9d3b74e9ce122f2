#include <doctest/doctest.h>

#include <mqcoap/base/shared_list.hpp>
#include <string>
#include <utility>

using namespace mqcoap;

namespace {

using strings = shared_list<std::string>;

}  // namespace

TEST_CASE("copies of a list share memory until one of them is changed") {
  strings first{"a", "b"};
  strings second = first;
  CHECK(first.identity() == second.identity());
  CHECK(first == second);
  second.push_back("c");
  CHECK(first.identity() != second.identity());
  CHECK(first == strings{"a", "b"});
  CHECK(second == strings{"a", "b", "c"});
  strings third = second;
  third.front() = "x";
  third.erase(third.begin() + 1);
  CHECK(third == strings{"x", "c"});
  third.pop_back();
  CHECK(third == strings{"x"});
  CHECK(second == strings{"a", "b", "c"});
}

TEST_CASE("an element is erased by a place in a list that is shared") {
  const strings first{"a", "b", "c"};
  strings second = first;
  second.erase(std::as_const(second).begin() + 1);
  CHECK(second == strings{"a", "c"});
  CHECK(first == strings{"a", "b", "c"});
}

TEST_CASE("only the owner of a list changes it in place") {
  strings one{"a"};
  const auto* const before = one.identity();
  one.back() += "b";
  one[0] += "c";
  CHECK(one.identity() == before);
  CHECK(one.at(0) == "abc");
  CHECK_THROWS_AS(one.at(1), std::out_of_range);
}

TEST_CASE("an empty list has no memory, and is equal to another one") {
  strings none;
  CHECK(none.identity() == nullptr);
  CHECK(none.empty());
  CHECK(std::as_const(none).begin() == std::as_const(none).end());
  CHECK(none == strings(std::vector<std::string>()));
  strings emptied{"a"};
  emptied.pop_back();
  CHECK(none == emptied);
  CHECK(emptied == none);
  CHECK_FALSE(none == strings{"a"});
  CHECK_FALSE(strings{"a"} == none);
  emptied.clear();
  CHECK(emptied.identity() == nullptr);
}
