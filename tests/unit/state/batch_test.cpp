#include <doctest/doctest.h>

#include <functional>
#include <mqcoap/resource/write.hpp>
#include <new>
#include <stdexcept>

#include "state_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

/// A store that completes every commit except the first one immediately, and records how deeply
/// commits are nested.
class nesting_store final : public state_store {
 public:
  void commit(state_commit, commit_handler done) override {
    if (!first) return void(first = std::move(done));
    deepest = std::max(deepest, ++depth);
    done({});
    --depth;
  }

  std::function<void(error_code)> first;
  int depth = 0;
  int deepest = 0;
};

auto throwing(const std::function<void()>& raise) {
  return [raise = raise](const call&, change_list&) -> answer {
    raise();
    return {};
  };
}

}  // namespace

TEST_CASE("as many changes wait as may; further ones get 503") {
  slow_store store;
  resource_state state(store, 2);
  state_draft draft(state);
  value_resource value(writable("0"), draft, "D_1", "x");
  recorder recorded;
  for (const char* body : {"1", "2", "3", "4"})
    value.handle(responder(make_call({method::put, "x", body}), recorded.sink()));
  REQUIRE(recorded.answers.size() == 1);
  CHECK(recorded.answers[0].code == response_code::service_unavailable);
  CHECK(message_of(recorded.answers[0]) == "too many changes wait to be stored; try again later");
  CHECK(recorded.answers[0].never_run);
  store.end_all();
  CHECK(recorded.answers.size() == 4);
  CHECK(value.kept()->current() == text("3"));
}

TEST_CASE("a reload waits also where no further change may") {
  slow_store store;
  resource_state state(store, 0);
  const auto configure = [&state](const char* initial) {
    state_draft draft(state);
    const value_resource made(writable(initial), draft, "D_1", "x");
    draft.put_in_force();
    return made.kept();
  };
  const auto kept = configure("0");
  recorder recorded;
  write(state, {kept}, responder(make_call({method::put, "x", "1"}), recorded.sink()),
        [&kept](const call& c, change_list& changes) {
          changes.push_back({kept, 0, with_version(c.req.body)});
          return answer{};
        });
  configure("5");
  store.end_all();
  CHECK(kept->current() == text("5"));
}

TEST_CASE("many changes that end at once do not lie within each other") {
  nesting_store store;
  resource_state state(store);
  state_draft draft(state);
  value_resource value(writable("0"), draft, "D_1", "x");
  recorder recorded;
  for (int i = 0; i < 1000; ++i)
    value.handle(responder(make_call({method::put, "x", std::to_string(i)}), recorded.sink()));
  CHECK(recorded.answers.empty());
  store.first({});
  CHECK(recorded.answers.size() == 1000);
  CHECK(value.kept()->current() == text("999"));
  CHECK(store.deepest == 1);
}

TEST_CASE_FIXTURE(state_fixture, "a stop answers what waits with 503 and what is being stored with 504") {
  const auto value = make<value_resource>(writable("0"));
  send(*value, {method::put, "x", "1"});
  send(*value, {method::put, "x", "2"});
  state.abandon();
  REQUIRE(answered() == 2);
  CHECK(recorded.answers[0].code == response_code::service_unavailable);
  CHECK(recorded.answers[0].never_run);
  CHECK(recorded.answers[1].code == response_code::gateway_timeout);
  CHECK_FALSE(recorded.answers[1].never_run);
  store.end_one();
  CHECK(answered() == 2);
  CHECK(get(*value) == "1");
  send(*value, {method::put, "x", "3"});
  store.end_one();
  CHECK(get(*value) == "3");
}

TEST_CASE("a store may end a change when the state is gone") {
  slow_store store;
  recorder recorded;
  {
    resource_state state(store);
    state_draft draft(state);
    value_resource value(writable("0"), draft, "D_1", "x");
    value.handle(responder(make_call({method::put, "x", "1"}), recorded.sink()));
  }
  REQUIRE(recorded.answers.size() == 1);
  CHECK(recorded.answers[0].code == response_code::gateway_timeout);
  store.end_one();
  CHECK(recorded.answers.size() == 1);
}

TEST_CASE_FIXTURE(state_fixture,
                  "what a decision throws leaves the request with the caller, and the cell free") {
  const auto value = make<value_resource>(writable("0"));
  responder r(make_call({method::put, "x", "1"}), recorded.sink());
  CHECK_THROWS_AS(write(state, {value->kept()}, std::move(r), throwing([] { throw std::bad_alloc(); })),
                  std::bad_alloc);
  CHECK(answered() == 0);
  std::move(r).fail(response_code::service_unavailable, "out of memory");
  send(*value, {method::put, "x", "2"});
  store.end_one();
  CHECK(get(*value) == "2");
}

TEST_CASE_FIXTURE(state_fixture,
                  "a decision that throws when its turn comes is answered, and the next goes on") {
  const auto value = make<value_resource>(writable("0"));
  send(*value, {method::put, "x", "1"});
  write(state, {value->kept()}, responder(make_call({method::put, "x", "2"}), recorded.sink()),
        throwing([] { throw std::bad_alloc(); }));
  write(state, {value->kept()}, responder(make_call({method::put, "x", "3"}), recorded.sink()),
        throwing([] { throw std::runtime_error("no"); }));
  send(*value, {method::put, "x", "4"});
  store.end_all();
  REQUIRE(answered() == 4);
  CHECK(recorded.answers[1].code == response_code::service_unavailable);
  CHECK(message_of(recorded.answers[1]) == "out of memory; try again later");
  CHECK(recorded.answers[2].code == response_code::internal_server_error);
  CHECK(get(*value) == "4");
}

TEST_CASE_FIXTURE(state_fixture, "what waits together is stored together, and each sees what is before it") {
  const auto list = make<collection_resource>(stored_list(3));
  for (const char* body : {"0", "1", "2", "3"}) send(*list, {method::post, "x", body});
  REQUIRE(store.under_way.size() == 1);
  store.end_one();
  REQUIRE(store.under_way.size() == 1);
  CHECK(store.under_way.front().values.size() == 2);
  CHECK(get(*list) == R"({"0":0})");  // uncommitted values are not visible
  store.end_one();
  REQUIRE(answered() == 4);
  CHECK(recorded.answers[1].location == "x/1");
  CHECK(recorded.answers[2].location == "x/2");
  CHECK(recorded.answers[3].code == response_code::request_entity_too_large);
  CHECK(get(*list) == R"({"0":0,"1":1,"2":2})");
}

TEST_CASE_FIXTURE(state_fixture, "a group that cannot be stored changes nothing, and its numbers are free") {
  const auto list = make<collection_resource>(stored_list());
  for (const char* body : {"0", "1", "2"}) send(*list, {method::post, "x", body});
  send(*list, {.verb = method::del, .path = "x/0", .rest_at = 2});
  store.end_one();
  store.end_one(errc::storage_full);
  REQUIRE(answered() == 4);
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK(recorded.answers[i].code == response_code::internal_server_error);
    CHECK(recorded.answers[i].never_run);
    CHECK(message_of(recorded.answers[i]) ==
          "there is no room to store the change (disk is full); nothing has changed");
  }
  CHECK(get(*list) == R"({"0":0})");
  send(*list, {method::post, "x", "5"});
  store.end_one();
  CHECK(last().location == "x/1");
  CHECK(state.find({"D_1", "x", "collection"}) == nullptr);  // it does not belong to a resource of
                                                             // a configuration
}

TEST_CASE_FIXTURE(state_fixture, "a batch of several cells joins a group if nothing else is before it") {
  const auto a = make<value_resource>(writable("0"));
  const auto b = make<value_resource>(writable("0"));
  const auto c = make<value_resource>(writable("0"));
  action_resource both({}, {{a->kept(), text("1")}, {b->kept(), text("1")}}, state);
  send(*a, {method::put, "a", "5"});
  send(*c, {method::put, "c", "6"});
  action_resource other({}, {{b->kept(), text("2")}, {c->kept(), text("2")}}, state);
  send(both, {method::post, "both"});
  send(other, {method::post, "other"});  // after `both` on b, and after the PUT on c
  send(*a, {method::put, "a", "7"});
  CHECK(store.under_way.size() == 2);
  store.end_one();  // the PUT of a
  REQUIRE(store.under_way.size() == 2);
  CHECK(store.under_way.back().values.size() == 3);  // `both`, and the second PUT of a
  store.end_one();                                   // the PUT of c
  CHECK(store.under_way.size() == 1);
  store.end_one();
  REQUIRE(store.under_way.size() == 1);
  CHECK(get(*a) == "7");
  CHECK(get(*b) == "1");
  CHECK(get(*c) == "6");
  store.end_one();
  CHECK(get(*b) == "2");
  CHECK(get(*c) == "2");
  CHECK(answered() == 5);
}

TEST_CASE_FIXTURE(state_fixture, "in a group, a decision that throws does not touch the others") {
  const auto value = make<value_resource>(writable("0"));
  send(*value, {method::put, "x", "1"});
  send(*value, {method::put, "x", "2"});
  write(state, {value->kept()}, responder(make_call({method::put, "x", "3"}), recorded.sink()),
        throwing([] { throw std::runtime_error("no"); }));
  send(*value, {method::put, "x", "4"});
  store.end_one();
  REQUIRE(store.under_way.size() == 1);
  CHECK(store.under_way.front().values.size() == 2);
  store.end_one();
  REQUIRE(answered() == 4);
  CHECK(recorded.answers[1].code == response_code::changed);
  CHECK(recorded.answers[2].code == response_code::internal_server_error);
  CHECK(recorded.answers[3].code == response_code::changed);
  CHECK(get(*value) == "4");
}
