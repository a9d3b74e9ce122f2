#include <doctest/doctest.h>

#include <map>
#include <stdexcept>

#include "core_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

struct counter_options {
  std::string label;
  friend bool operator==(const counter_options&, const counter_options&) = default;
};

/// A step that counts answers by code.
struct answer_counter final : composed_step<counter_options> {
  explicit answer_counter(counter_options given) : composed_step(std::move(given)) {}
  std::string_view name() const noexcept override { return "answer counter"; }
  void process(responder&) override {}
  void on_answer(const call&, const answer& what) override { ++by_code[to_int(what.code)]; }
  std::map<int, int> by_code;
};

struct tag_options {
  std::string tag;
  friend bool operator==(const tag_options&, const tag_options&) = default;
};

/// A step that refuses requests for one tag.
struct tag_refusal final : composed_step<tag_options> {
  explicit tag_refusal(tag_options given) : composed_step(std::move(given)) {}
  std::string_view name() const noexcept override { return "tag refusal"; }
  void process(responder& r) override {
    if (r->target.tag() == given().tag) std::move(r).refuse(response_code::forbidden, "not for you");
  }
};

/// A step that records requests and answers as they pass.
struct diary final : composed_step<counter_options> {
  diary(counter_options given, std::string& to) : composed_step(std::move(given)), out(to) {}
  std::string_view name() const noexcept override { return "diary"; }
  void process(responder&) override { out += given().label; }
  void on_answer(const call&, const answer&) override { out += given().label + '!'; }
  std::string& out;
};

struct thrower final : composed_step<no_options> {
  explicit thrower(no_options none) : composed_step(none) {}
  std::string_view name() const noexcept override { return "thrower"; }
  void process(responder& r) override {
    if (r.req().verb == method::get) throw std::runtime_error("no");
    throw std::bad_alloc();
  }
};

struct chain_fixture : core_fixture {
  void compose(const std::string& label, const std::string& refused) {
    tested.compose([&](chain_builder& chain) {
      chain.add<answer_counter>({label});
      chain.add<tag_refusal>({refused});
      chain.add<keeper>({}, kept);
    });
  }
  std::shared_ptr<answer_counter> counter() const { return tested.chain().find<answer_counter>(); }
};

}  // namespace

TEST_CASE_FIXTURE(chain_fixture,
                  "a step counts answers by code, another one refuses a tag, also after a reload") {
  compose("a", "SECRET");
  CHECK(ask(method::get)->codes == codes{"205"});
  CHECK(ask(method::get, "SECRET")->codes == codes{"403"});
  CHECK(counter()->by_code == std::map<int, int>{{205, 1}, {403, 1}});

  const auto before = counter();
  compose("a", "OTHER");
  CHECK(counter() == before);
  CHECK(ask(method::get, "SECRET")->codes == codes{"205"});
  CHECK(ask(method::get, "OTHER")->codes == codes{"403"});
  CHECK(counter()->by_code == std::map<int, int>{{205, 2}, {403, 2}});

  compose("b", "OTHER");
  CHECK(counter() != before);
  CHECK(counter()->by_code.empty());
}

TEST_CASE_FIXTURE(chain_fixture, "a call ends in the chain in which it began") {
  compose("a", "");
  const auto before = counter();
  const auto origin = ask(method::put);
  compose("b", "");
  REQUIRE(kept.size() == 1);
  std::move(kept[0]).respond({});
  CHECK(origin->codes == codes{"205"});
  CHECK(before->by_code == std::map<int, int>{{205, 1}});
  CHECK(counter()->by_code.empty());
}

TEST_CASE_FIXTURE(core_fixture, "steps see a call in their order, and its answer in the other one") {
  std::string seen;
  tested.compose([&](chain_builder& chain) {
    chain.add<diary>({"a"}, seen);
    chain.add<diary>({"b"}, seen);
    chain.add<keeper>({}, kept);
    chain.add<diary>({"c"}, seen);
  });
  ask(method::get);
  CHECK(seen == "abb!a!");
}

TEST_CASE_FIXTURE(core_fixture, "of two equal steps, each is kept") {
  std::string seen;
  const auto compose = [&](int times) {
    tested.compose([&](chain_builder& chain) {
      for (int i = 0; i < times; ++i) chain.add<diary>({"a"}, seen);
    });
    return tested.chain().steps();
  };
  const auto two = compose(2);
  const auto three = compose(3);
  CHECK(three[0] == two[0]);
  CHECK(three[1] == two[1]);
  CHECK(three[2] != two[0]);
  CHECK(three[2] != two[1]);
}

TEST_CASE_FIXTURE(core_fixture, "a composition that fails leaves the chain as it is") {
  tested.compose([&](chain_builder& chain) { chain.add<keeper>({}, kept); });
  CHECK_THROWS_AS(tested.compose([](chain_builder&) { throw std::runtime_error("no"); }), std::runtime_error);
  CHECK(ask(method::get)->codes == codes{"205"});
}

TEST_CASE_FIXTURE(core_fixture,
                  "a step that fails answers 500, without memory 503, and the next call is served") {
  tested.compose([&](chain_builder& chain) {
    chain.add<answer_counter>({});
    chain.add<thrower>({});
    chain.add<keeper>({}, kept);
  });
  const auto failed = ask(method::get);
  CHECK(failed->codes == codes{"500"});
  CHECK(failed->bodies.back() == R"("the handler 'thrower' failed: no")");
  const auto greedy = ask(method::put);
  CHECK(greedy->codes == codes{"503"});
  CHECK(greedy->bodies.back() == R"("out of memory for this message; try again later")");
  CHECK(failures == std::vector<std::string>{"the request handler 'thrower' failed: out of memory"});
  CHECK(tested.chain().find<answer_counter>()->by_code == std::map<int, int>{{500, 1}, {503, 1}});
  CHECK(tested.in_flight() == 0);
  CHECK(kept.empty());
}
