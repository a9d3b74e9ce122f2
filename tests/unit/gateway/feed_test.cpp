#include <doctest/doctest.h>

#include <algorithm>
#include <mqcoap/gateway/feed.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "gateway_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

struct feed_fixture : gateway_fixture {
  std::vector<std::string> heard;
  std::vector<subscription> followed;

  feed_fixture() {
    auto& facts = tested.facts();
    followed.push_back(facts.ended.subscribe([this](const request_ended& f) {
      heard.push_back("ended " + std::string(f.ended_call.target.tag()) + ' ' +
                      std::to_string(to_int(f.what.code)));
    }));
    followed.push_back(facts.unreadable.subscribe([this](const request_unreadable& f) {
      heard.push_back("unreadable " + std::string(f.topic.tag()) + ' ' +
                      std::to_string(to_int(f.fault.code)));
    }));
    followed.push_back(facts.links.subscribe([this](const link_changed& f) {
      heard.push_back("link " + std::string(f.broker) +
                      (f.why == nullptr ? " up" : " down: " + f.why->message()));
    }));
  }
  void get(const std::string& path) { ask("GET", "GW_1", "any", path); }
  bool was_heard(const std::string& what) const {
    return std::find(heard.begin(), heard.end(), what) != heard.end();
  }
};

}  // namespace

TEST_CASE_FIXTURE(feed_fixture, "the feed reports how each request ended, whatever the log level") {
  start();
  get("store");
  get("nowhere");
  ask("FETCH", "GW_1", "any", "store");
  CHECK(was_heard("ended GW_1 205"));
  CHECK(was_heard("ended GW_1 404"));
  CHECK(was_heard("unreadable GW_1 405"));
  CHECK(records.empty());  // the log is not at debug
}

TEST_CASE_FIXTURE(feed_fixture, "the feed reports links that connect and disconnect") {
  start();
  CHECK(was_heard("link lab up"));
  heard.clear();
  broker.go_down();
  REQUIRE(heard.size() == 1);
  CHECK(heard.front().starts_with("link lab down: "));
}

TEST_CASE_FIXTURE(feed_fixture, "a subscriber that fails keeps nothing from the caller or from the counts") {
  start();
  followed.push_back(
      tested.facts().ended.subscribe([](const request_ended&) { throw std::runtime_error("full"); }));
  get("store");
  get("store");
  CHECK(caller.answers.size() == 2);
  const auto& rows = tested.stats().tags();
  const auto row = std::find_if(rows.begin(), rows.end(), [](const auto& r) { return r.tag == "GW_1"; });
  REQUIRE(row != rows.end());
  REQUIRE(row->requests.size() == 1);
  CHECK(row->requests.front().count == 2);
}
