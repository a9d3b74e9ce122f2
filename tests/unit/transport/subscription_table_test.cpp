#include <doctest/doctest.h>

#include <array>
#include <mqcoap/transport/subscription_table.hpp>

using namespace mqcoap;
using step = subscription_table::step;
using answers = std::vector<subscription_table::answer>;

namespace {

struct subscription_fixture {
  subscription_table table;
  answers due;

  step keep(const std::string& filter) {
    subscription_table::handler done = [](error_code) {};
    return table.keep(filter, done);
  }
  std::vector<subscription_table::denial> answered(int id, std::vector<int> reasons) {
    due.clear();
    return table.answered(id, reasons, due);
  }
};

}  // namespace

TEST_CASE_FIXTURE(subscription_fixture, "a filter is sent once, and all waiters get the answer") {
  CHECK(keep("a") == step::send);
  table.note_sent(1, {"a"});
  CHECK(keep("a") == step::wait);
  CHECK(answered(1, {1}).empty());
  REQUIRE(due.size() == 2);
  CHECK_FALSE(due[0].error);
  CHECK(keep("a") == step::confirmed);
  CHECK(answered(1, {1}).empty());
  CHECK(due.empty());
}

TEST_CASE_FIXTURE(subscription_fixture,
                  "each filter of a packet gets its own answer, and a missing one is a denial") {
  keep("a");
  keep("b");
  keep("c");
  table.note_sent(7, {"a", "b", "c"});
  const auto denied = answered(7, {0, 0x87});
  REQUIRE(denied.size() == 2);
  CHECK(denied[0].filter == "b");
  CHECK(denied[1].filter == "c");
  REQUIRE(due.size() == 3);
  CHECK_FALSE(due[0].error);
  CHECK(due[1].error == errc::denied);
  CHECK(due[2].error == errc::denied);
}

TEST_CASE_FIXTURE(subscription_fixture,
                  "a new connection asks for everything again and answers nobody twice") {
  keep("b");
  keep("a");
  table.note_sent(1, {"a", "b"});
  answered(1, {0, 0});
  CHECK(table.begin_connection() == std::vector<std::string>{"a", "b"});
  table.note_sent(1, {"a", "b"});
  CHECK(answered(1, {0, 0}).empty());
  CHECK(due.empty());
}

TEST_CASE_FIXTURE(subscription_fixture, "a waiter at a lost connection gets the answer of the next one") {
  keep("a");
  table.note_sent(1, {"a"});
  table.begin_connection();
  CHECK(answered(1, {0}).empty());
  CHECK(due.empty());  // the id is from the old connection
  table.note_sent(2, {"a"});
  answered(2, {0});
  CHECK(due.size() == 1);
}

TEST_CASE_FIXTURE(subscription_fixture, "a denial is reported once until the filter is granted") {
  keep("a");
  table.note_sent(1, {"a"});
  CHECK(answered(1, {128}).at(0).first);
  table.begin_connection();
  table.note_sent(1, {"a"});
  CHECK_FALSE(answered(1, {128}).at(0).first);
  CHECK(keep("a") == step::send);
  table.note_sent(2, {"a"});
  CHECK(answered(2, {0}).empty());
  table.begin_connection();
  table.note_sent(1, {"a"});
  CHECK(answered(1, {128}).at(0).first);
}

TEST_CASE_FIXTURE(subscription_fixture, "a dropped filter closes its waiters, and a late answer is ignored") {
  keep("a");
  table.note_sent(1, {"a"});
  CHECK(table.drop("a", due));
  REQUIRE(due.size() == 1);
  CHECK(due[0].error == errc::closed);
  CHECK_FALSE(table.drop("a", due));
  CHECK(answered(1, {0}).empty());
  CHECK(due.empty());
  CHECK(table.begin_connection().empty());
}

TEST_CASE_FIXTURE(subscription_fixture, "a filter dropped and kept again waits for its own answer") {
  keep("a");
  table.note_sent(1, {"a"});
  table.drop("a", due);
  CHECK(keep("a") == step::send);
  table.note_sent(2, {"a"});
  CHECK(answered(1, {128}).empty());
  CHECK(due.empty());
  CHECK(answered(2, {0}).empty());
  CHECK(due.size() == 1);
}

TEST_CASE_FIXTURE(subscription_fixture, "closing answers all remaining waiters") {
  keep("a");
  keep("b");
  table.note_sent(1, {"a"});
  answered(1, {0});
  const auto closed = table.close();
  REQUIRE(closed.size() == 1);
  CHECK(closed[0].error == errc::closed);
}

TEST_CASE_FIXTURE(subscription_fixture,
                  "a topic that came without the dots of a filter shows what the broker makes of them") {
  CHECK_FALSE(table.has_dots());
  keep("ns/+/request/GW_1/+");
  CHECK_FALSE(table.has_dots());
  keep("ns/+/request/GW.1/+");
  keep("ns/+/response/2D.1/+");
  CHECK(table.has_dots());
  CHECK(table.meant_by("ns/axuv/request/GW/1/7") == "ns/+/request/GW.1/+");
  CHECK(table.meant_by("ns/axuv/response/2D/1/7") == "ns/+/response/2D.1/+");
  CHECK(table.meant_by("ns/axuv/request/GW.1/7").empty());  // this topic is as expected
  CHECK(table.meant_by("ns/axuv/request/GW_1/7").empty());
  CHECK(table.meant_by("other/axuv/request/GW/1/7").empty());
  keep("ns/axuv/request/GW/1/+");
  CHECK(table.meant_by("ns/axuv/request/GW/1/7").empty());  // there is a subscription to that name
  table.drop("ns/+/request/GW.1/+", due);
  table.drop("ns/+/response/2D.1/+", due);
  CHECK_FALSE(table.has_dots());
}
