#include <support/result_printer.hpp>

#include <algorithm>
#include <mqcoap/exchange/pending_table.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

steady_time at(std::chrono::milliseconds since_start) { return steady_time{} + since_start; }

struct pending_fixture {
  request_id_generator ids{1};
  request_id a = ids.next(), b = ids.next(), c = ids.next();
  pending_table<std::string> table;
};

}  // namespace

TEST_CASE_FIXTURE(pending_fixture, "the first answer removes the entry, the second finds nothing") {
  table.add(a, at(200ms), "a");
  REQUIRE(table.find(a) != nullptr);
  CHECK(*table.find(a) == "a");
  CHECK(table.take(a) == "a");
  CHECK_FALSE(table.take(a));
  CHECK(table.find(a) == nullptr);
  CHECK(table.earliest() == steady_time::max());
}

TEST_CASE_FIXTURE(pending_fixture, "an id is found in any spelling") {
  table.add(*request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847da"), at(1ms), "x");
  CHECK(table.find(*request_id::parse("16FD27068BAF433B82EB8C7FADA847DA")) != nullptr);
}

TEST_CASE_FIXTURE(pending_fixture, "entries expire at their deadlines, the earliest first") {
  table.add(a, at(300ms), "a");
  table.add(b, at(100ms), "b");
  table.add(c, at(200ms), "c");
  CHECK(table.earliest() == at(100ms));
  CHECK_FALSE(table.take_expired(at(99ms)));
  CHECK(table.take_expired(at(250ms))->second == "b");
  CHECK(table.take_expired(at(250ms))->second == "c");
  CHECK_FALSE(table.take_expired(at(250ms)));
  CHECK(table.earliest() == at(300ms));
  CHECK(table.size() == 1);
}

TEST_CASE_FIXTURE(pending_fixture, "an answered entry does not expire") {
  table.add(a, at(100ms), "a");
  table.add(b, at(100ms), "b");
  table.take(a);
  CHECK(table.take_expired(at(1s))->second == "b");
  CHECK_FALSE(table.take_expired(at(1s)));
}

TEST_CASE_FIXTURE(pending_fixture, "what satisfies a predicate is taken out together") {
  table.add(a, at(1ms), "keep");
  table.add(b, at(2ms), "go");
  table.add(c, at(3ms), "go");
  CHECK(table.take_all_if([](const std::string& s) { return s == "go"; }).size() == 2);
  CHECK(table.size() == 1);
  CHECK(table.earliest() == at(1ms));
}

TEST_CASE_FIXTURE(pending_fixture, "what satisfies a predicate is taken out one by one") {
  table.add(a, at(1ms), "keep");
  table.add(b, at(2ms), "go");
  const auto goes = [](const std::string& s) { return s == "go"; };
  const auto taken = table.take_one_if(goes);
  REQUIRE(taken);
  CHECK(taken->first == b);
  CHECK_FALSE(table.take_one_if(goes));
  CHECK(table.size() == 1);
}

TEST_CASE("ten thousand entries are added and removed in any order and none is lost") {
  request_id_generator ids(3);
  std::mt19937 random(5);
  pending_table<int> table;
  std::vector<request_id> all;
  for (int i = 0; i < 10'000; ++i) {
    all.push_back(ids.next());
    table.add(all.back(), at(std::chrono::milliseconds(random() % 1000)), int(i));
  }
  std::shuffle(all.begin(), all.end(), random);
  int taken = 0;
  for (int i = 0; i < 4'000; ++i)
    if (table.take(all[static_cast<std::size_t>(i)])) ++taken;
  while (auto expired = table.take_expired(at(1s))) ++taken;
  CHECK(taken == 10'000);
  CHECK(table.size() == 0);
}

TEST_CASE(
    "in whatever order entries come and go, they expire by deadline, and equal ones as they were added") {
  request_id_generator ids(4);
  std::mt19937 random(6);
  pending_table<std::pair<steady_time, int>> table;
  std::vector<request_id> all;
  for (int i = 0; i < 2'000; ++i) {
    all.push_back(ids.next());
    const auto deadline = at(std::chrono::milliseconds(random() % 50));
    table.add(all.back(), deadline, {deadline, i});
    if (i % 3 == 0) table.take(all[random() % all.size()]);
  }
  std::pair<steady_time, int> last{};
  while (auto expired = table.take_expired(at(1s))) {
    CHECK(last <= expired->second);
    last = expired->second;
  }
  CHECK(table.size() == 0);
}
