#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <mqcoap/serve/chain_builder.hpp>
#include <string>
#include <utility>

#include "gateway_fixture.hpp"
#include "settling_gateway.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

/// A step that counts answers by code.
struct code_counter final : composed_step<no_options> {
  code_counter(no_options none, std::map<int, int>& to) : composed_step(none), by_code(to) {}
  std::string_view name() const noexcept override { return "code counter"; }
  void process(responder&) override {}
  void on_answer(const call&, const answer& what) override { ++by_code[to_int(what.code)]; }
  std::map<int, int>& by_code;
};

struct closed_tag {
  std::string text;
  friend bool operator==(const closed_tag&, const closed_tag&) = default;
};

/// A step that refuses requests for one tag.
struct tag_gate final : composed_step<closed_tag> {
  explicit tag_gate(closed_tag given) : composed_step(std::move(given)) {}
  std::string_view name() const noexcept override { return "tag gate"; }
  void process(responder& r) override {
    if (r->target.tag() == given().text) std::move(r).refuse(response_code::forbidden, "closed");
  }
};

/// A gateway with two steps that its owner adds.
struct steps_fixture : settling_gateway {
  std::map<int, int> by_code;
  std::string closed = "GW_1";

  gateway_hooks hooks() {
    gateway_hooks made;
    made.steps = [this](chain_builder& chain, const gateway_options&) {
      chain.add<code_counter>({}, by_code);
      chain.add<tag_gate>({closed});
    };
    return made;
  }
  steps_fixture() {
    options = two_devices();
    start(hooks());
  }
  ~steps_fixture() { tested.reset(); }
  /// Sends a request and returns the code of the answer; 0 if there is none.
  int ask(const std::string& verb, const std::string& path) {
    caller.answers.clear();
    caller.send({.verb = verb, .path = path, .body = "1"});
    settle();
    const std::string key = "\"response_code\":";
    const auto at = caller.answers.empty() ? std::string::npos : caller.answers.back().find(key);
    return at == std::string::npos ? 0 : std::stoi(caller.answers.back().substr(at + key.size()));
  }
};

}  // namespace

TEST_CASE_FIXTURE(steps_fixture,
                  "steps of the owner's see all requests and answers, and are composed anew at a reload") {
  CHECK(ask("GET", "store") == 403);
  CHECK(ask("PUT", "store") == 403);
  CHECK(by_code == std::map<int, int>{{403, 2}});
  CHECK(tested->run_once_usage().entries == 0);

  closed = "GW_2";
  tested->reconfigure(two_devices(), {&lab});
  broker.run();
  CHECK(ask("PUT", "store") == 204);
  CHECK(ask("GET", "none") == 404);
  CHECK(by_code == std::map<int, int>{{204, 1}, {403, 2}, {404, 1}});
  CHECK(tested->run_once_usage().entries == 1);

  tested->reconfigure(two_devices(), {&lab});
  CHECK(tested->run_once_usage().entries == 1);  // equal steps keep their state
}
