#include <doctest/doctest.h>

#include <stdexcept>

#include "state_fixture.hpp"
#include "support/json_value.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

TEST_CASE_FIXTURE(state_fixture, "a change is seen, and answered, when it holds and not before") {
  const auto value = make<value_resource>(writable("1"));
  send(*value, {method::put, "x", "2"});
  CHECK(answered() == 0);
  CHECK(get(*value) == "1");
  REQUIRE(store.under_way.size() == 1);
  REQUIRE(store.under_way.front().values.size() == 1);
  const auto& stored = store.under_way.front().values.front();
  CHECK(stored.of == cell_name{"D_1", "x", "value"});
  CHECK(stored.number == 0);
  CHECK(stored.value == text("2"));
  store.end_one();
  REQUIRE(answered() == 1);
  CHECK(last().code == response_code::changed);
  CHECK(last().options.etag == value->kept()->find(0)->version);
  CHECK(get(*value) == "2");
}

TEST_CASE_FIXTURE(state_fixture, "of two conditional PUTs that meet, one holds and the other gets 412") {
  const auto value = make<value_resource>(writable("1"));
  const auto etag = value->kept()->find(0)->version;
  send(*value, {method::put, "x", "2", if_match(etag)});
  send(*value, {method::put, "x", "3", if_match(etag)});
  CHECK(answered() == 0);
  CHECK(store.under_way.size() == 1);
  store.end_one();
  REQUIRE(answered() == 2);
  CHECK(recorded.answers[0].code == response_code::changed);
  CHECK(recorded.answers[1].code == response_code::precondition_failed);
  CHECK(store.under_way.empty());
  CHECK(get(*value) == "2");
}

TEST_CASE_FIXTURE(state_fixture, "a PUT that waited is judged by what there is if the first fails") {
  const auto value = make<value_resource>(writable("1"));
  const auto etag = value->kept()->find(0)->version;
  send(*value, {method::put, "x", "2", if_match(etag)});
  send(*value, {method::put, "x", "3", if_match(etag)});
  store.end_one(errc::denied);
  REQUIRE(answered() == 1);
  CHECK(last().code == response_code::service_unavailable);
  CHECK(message_of(last()) == "it could not be stored, and nothing has changed; try again later");
  CHECK(last().never_run);
  CHECK(get(*value) == "1");
  store.end_one();
  REQUIRE(answered() == 2);
  CHECK(last().code == response_code::changed);
  CHECK(get(*value) == "3");
}

TEST_CASE_FIXTURE(state_fixture, "two POSTs that meet get numbers of their own, in order") {
  const auto list = make<collection_resource>(stored_list());
  send(*list, {method::post, "x", "\"a\""});
  send(*list, {method::post, "x", "\"b\""});
  CHECK(get(*list) == "{}");
  store.end_one();
  REQUIRE(answered() == 1);
  CHECK(last().location == "x/0");
  CHECK(get(*list) == R"({"0":"a"})");
  store.end_one();
  REQUIRE(answered() == 2);
  CHECK(last().location == "x/1");
  CHECK(get(*list) == R"({"0":"a","1":"b"})");
}

TEST_CASE_FIXTURE(state_fixture, "a POST that fails takes no number, and its place is free") {
  const auto list = make<collection_resource>(stored_list(1));
  send(*list, {method::post, "x", "1"});
  send(*list, {method::post, "x", "2"});
  send(*list, {method::post, "x", "3"});
  store.end_one(errc::closed);
  CHECK(last().code == response_code::service_unavailable);
  store.end_one();
  REQUIRE(answered() == 3);
  CHECK(recorded.answers[1].location == "x/0");
  CHECK(recorded.answers[2].code == response_code::request_entity_too_large);
  CHECK(get(*list) == R"({"0":2})");
}

TEST_CASE_FIXTURE(state_fixture, "a PUT to an item that is being deleted gets 404") {
  const auto list = make<collection_resource>(stored_list());
  send(*list, {method::post, "x", "1"});
  store.end_one();
  send(*list, {.verb = method::del, .path = "x/0", .rest_at = 2});
  send(*list, {.verb = method::put, .path = "x/0", .body = "2", .rest_at = 2});
  CHECK_FALSE(store.under_way.front().values.front().value.has_value());
  store.end_one();
  REQUIRE(answered() == 3);
  CHECK(recorded.answers[1].code == response_code::deleted);
  CHECK(recorded.answers[2].code == response_code::not_found);
  send(*list, {method::post, "x", "3"});
  store.end_one();
  CHECK(last().location == "x/1");
}

TEST_CASE_FIXTURE(state_fixture, "an action looks at what a PUT before it has stored") {
  const auto status = make<value_resource>(writable("\"IDLE\""));
  const auto count = make<value_resource>(writable("0"));
  action_resource trigger({{"status", status->kept(), json_value("\"ARMED\"")}}, {{count->kept(), text("1")}},
                          state);
  SUBCASE("which holds") {
    send(*status, {method::put, "status", "\"ARMED\""});
    send(trigger, {method::post, "trigger"});
    store.end_one();
    CHECK(answered() == 1);
    store.end_one();
    CHECK(last().code == response_code::valid);
    CHECK(get(*count) == "1");
  }
  SUBCASE("which failed") {
    send(*status, {method::put, "status", "\"ARMED\""});
    send(trigger, {method::post, "trigger"});
    store.end_one(errc::denied);
    CHECK(answered() == 2);
    CHECK(last().code == response_code::precondition_failed);
    CHECK(get(*count) == "0");
  }
}

TEST_CASE_FIXTURE(state_fixture, "an action has its turn on all of its values, and is stored in one step") {
  const auto a = make<value_resource>(writable("0"));
  const auto b = make<value_resource>(writable("0"));
  action_resource both({}, {{a->kept(), text("1")}, {b->kept(), text("1")}}, state);
  send(*a, {method::put, "a", "5"});
  send(both, {method::post, "both"});
  send(*b, {method::put, "b", "7"});  // waits for the action, although no commit of b is in flight
  CHECK(store.under_way.size() == 1);
  store.end_one();
  REQUIRE(store.under_way.size() == 1);
  CHECK(store.under_way.front().values.size() == 3);  // the action and the PUT that waited for it
  CHECK(get(*a) == "5");
  CHECK(get(*b) == "0");
  store.end_one();
  CHECK(get(*a) == "1");
  CHECK(get(*b) == "7");
  REQUIRE(answered() == 3);
  CHECK(recorded.answers[1].code == response_code::valid);
}

TEST_CASE_FIXTURE(state_fixture, "an action that fails changes none of its values") {
  const auto a = make<value_resource>(writable("0"));
  const auto b = make<value_resource>(writable("0"));
  action_resource both({}, {{a->kept(), text("1")}, {b->kept(), text("1")}}, state);
  send(both, {method::post, "both"});
  store.end_one(errc::denied);
  CHECK(last().code == response_code::service_unavailable);
  CHECK(get(*a) == "0");
  CHECK(get(*b) == "0");
}

TEST_CASE_FIXTURE(state_fixture, "what waits behind several of its values has its turn once") {
  const auto a = make<value_resource>(writable("0"));
  const auto b = make<value_resource>(writable("0"));
  action_resource both({}, {{a->kept(), text("1")}, {b->kept(), text("1")}}, state);
  for (int i = 0; i < 3; ++i) send(both, {method::post, "both"});
  for (const std::size_t ended : {1, 3}) {
    REQUIRE(store.under_way.size() == 1);
    store.end_one();
    CHECK(answered() == ended);
  }
}

TEST_CASE("each changed value is reported once the change holds, with its new value") {
  slow_store store;
  channel<cell_changed> changed;
  resource_state state(store, resource_state::default_waiting, &changed);
  recorder recorded;
  state_draft draft(state);
  const auto one = std::make_shared<value_resource>(writable("0"), draft, "D_1", "one");
  const auto two = std::make_shared<value_resource>(writable("0"), draft, "D_1", "two");
  collection_resource list(stored_list(), draft, "D_1", "list");
  draft.put_in_force();
  std::vector<std::string> heard;
  const auto following = changed.subscribe([&](const cell_changed& fact) {
    heard.push_back(fact.of.name().path + '#' + std::to_string(fact.number) + '=' +
                    (fact.value == nullptr ? "none" : std::string(fact.value->value.text())));
    // All values of a batch are in force before the first one is announced.
    if (fact.of.name().path == "one") CHECK(two->kept()->current().text() == fact.value->value.text());
    if (fact.value != nullptr && fact.value->value.text() == "13") throw std::runtime_error("unlucky");
  });
  const auto send = [&](handler& to, const requested& a) {
    to.handle(responder(make_call(a), recorded.sink()));
    if (!store.under_way.empty()) store.end_one();
  };
  action_resource both({}, {{one->kept(), text("1")}, {two->kept(), text("1")}}, state);
  send(both, {method::post, "both"});
  CHECK(heard == std::vector<std::string>{"one#0=1", "two#0=1"});
  heard.clear();
  send(list, {method::post, "list", "7"});
  send(list, {.verb = method::del, .path = "list/0", .rest_at = 5});
  CHECK(heard == std::vector<std::string>{"list#0=7", "list#0=none"});
  heard.clear();
  send(*two, {method::put, "two", "13"});  // a subscriber that throws does not affect others
  CHECK(recorded.answers.back().code == response_code::changed);
  two->handle(responder(make_call({method::put, "two", "14"}), recorded.sink()));
  CHECK(heard == std::vector<std::string>{"two#0=13"});  // 14 is not stored yet
  store.end_one(errc::closed);
  CHECK(heard.size() == 1);
}
