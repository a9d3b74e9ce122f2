#include <doctest/doctest.h>

#include <mqcoap/exchange/channel.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace mqcoap;

namespace {

struct channel_fixture {
  channel<int> facts;
  std::vector<std::string> heard;
  std::vector<std::string> failures;

  subscription listen(const std::string& name) {
    return facts.subscribe([this, name](int fact) { heard.push_back(name + std::to_string(fact)); });
  }
  void publish(int fact) {
    facts.publish(fact, [this](std::string_view why) { failures.emplace_back(why); });
  }
};

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(channel_fixture, "subscribers get each fact in the order of their subscriptions") {
  CHECK_FALSE(facts.has_subscribers());
  publish(1);
  const auto a = listen("a");
  const auto b = listen("b");
  CHECK(facts.has_subscribers());
  publish(2);
  CHECK(heard == texts{"a2", "b2"});
}

TEST_CASE_FIXTURE(channel_fixture, "a subscription ends when it is destroyed or replaced") {
  auto a = listen("a");
  const auto b = listen("b");
  a = {};
  CHECK_FALSE(a);
  publish(1);
  a = listen("c");
  publish(2);
  CHECK(heard == texts{"b1", "b2", "c2"});
}

TEST_CASE_FIXTURE(channel_fixture, "a subscriber that throws is reported and does not affect the others") {
  const auto bad = facts.subscribe([](int) { throw std::runtime_error("full"); });
  const auto good = listen("good");
  publish(1);
  publish(2);
  CHECK(heard == texts{"good1", "good2"});
  CHECK(failures == texts{"full", "full"});
}

TEST_CASE_FIXTURE(channel_fixture, "a subscriber may subscribe and unsubscribe while it handles a fact") {
  std::optional<subscription> once;
  std::vector<subscription> added;
  once = facts.subscribe([&](int) {
    added.push_back(listen("added"));
    once.reset();
  });
  const auto last = listen("last");
  publish(1);
  CHECK(heard == texts{"last1"});
  publish(2);
  CHECK(heard == texts{"last1", "last2", "added2"});
}

TEST_CASE_FIXTURE(channel_fixture, "a fact may lead to another one") {
  const auto first = facts.subscribe([this](int fact) {
    heard.push_back("first" + std::to_string(fact));
    if (fact == 1) publish(2);
  });
  const auto second = listen("second");
  publish(1);
  CHECK(heard == texts{"first1", "first2", "second2", "second1"});
}

TEST_CASE("a subscription may outlive its channel") {
  std::optional<channel<int>> facts(std::in_place);
  const auto kept = facts->subscribe([](int) {});
  facts.reset();
  CHECK(kept);
}
