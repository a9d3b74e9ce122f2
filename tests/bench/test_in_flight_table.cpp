#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "in_flight_table.hpp"

using bench::in_flight_table;

namespace {

bool is_uuid4(const std::string& id) {
  const std::string shape = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  const auto fits = [](char c, char wanted) {
    const std::string allowed = wanted == 'x'   ? "0123456789abcdef"
                                : wanted == 'y' ? "89ab"
                                                : std::string(1, wanted);
    return allowed.find(c) != std::string::npos;
  };
  return std::equal(id.begin(), id.end(), shape.begin(), shape.end(), fits);
}

}  // namespace

TEST_CASE("ids are version-4 UUIDs and unique although table positions are reused") {
  in_flight_table table(4, 1);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    auto& e = table.open(i, 0);
    const std::string id(e.id_text());
    CHECK(is_uuid4(id));
    CHECK(seen.insert(id).second);
    table.close(e);
  }
}

TEST_CASE("an open exchange is found by its id, with its time and its target") {
  in_flight_table table(3, 2);
  table.open(10, 1);
  const std::string second(table.open(20, 2).id_text());
  table.open(30, 3);
  CHECK(table.full());
  const auto* found = table.find(second);
  REQUIRE(found != nullptr);
  CHECK(found->due == 20);
  CHECK(found->target == 2);
}

TEST_CASE("a second answer finds nothing, even if the position was reused for a new request") {
  in_flight_table table(1, 3);
  auto& e = table.open(0, 0);
  const std::string first(e.id_text());
  table.close(e);
  CHECK(table.find(first) == nullptr);
  table.open(0, 0);
  CHECK(table.find(first) == nullptr);
  CHECK(table.size() == 1);
}

TEST_CASE("unknown ids find nothing") {
  in_flight_table table(2, 4);
  std::string id(table.open(0, 0).id_text());
  CHECK(table.find("") == nullptr);
  CHECK(table.find("no uuid at all, but 36 bytes long ...") == nullptr);
  CHECK(table.find("zzzzzzzz" + id.substr(8)) == nullptr);
  CHECK(table.find(id + "0") == nullptr);
  id.back() = id.back() == '0' ? '1' : '0';
  CHECK(table.find(id) == nullptr);
  id.front() = id.front() == 'f' ? '0' : 'f';  // a position outside of the table
  CHECK(table.find(id) == nullptr);
}
