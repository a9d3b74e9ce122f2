#include <doctest/doctest.h>

#include <chrono>
#include <mqcoap/resource/signal/signal.hpp>

#include "state_fixture.hpp"
#include "support/json_value.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

value_options at_most_five(const char* initial) {
  auto options = writable(initial);
  options.schema = *json_schema::compile(json_value(R"({"type": "integer", "maximum": 5})"));
  return options;
}

value_options read_only(const char* initial) {
  auto options = writable(initial);
  options.methods = {method::get};
  return options;
}

value_options in_memory(const char* initial) {
  auto options = writable(initial);
  options.persist = false;
  return options;
}

struct reload_fixture : state_fixture {
  /// Replaces the value with a PUT.
  void put(handler& to, const char* body) {
    send(to, {method::put, "x", body});
    store.end_all();
    REQUIRE(last().code == response_code::changed);
  }
  void forget_all() { state_draft(state).put_in_force(); }
};

}  // namespace

TEST_CASE_FIXTURE(reload_fixture, "the same options, other methods or another schema keep a value") {
  put(*configure<value_resource>(writable("1")), "4");
  CHECK(get(*configure<value_resource>(writable("1"))) == "4");
  CHECK(get(*configure<value_resource>(at_most_five("1"))) == "4");
  CHECK(get(*configure<value_resource>(read_only("1"))) == "4");
  CHECK(store.under_way.empty());
  CHECK(state.size() == 1);
}

TEST_CASE_FIXTURE(reload_fixture, "a schema that does not allow a value brings the initial one back") {
  put(*configure<value_resource>(writable("1")), "9");
  const auto value = configure<value_resource>(at_most_five("1"));
  store.end_all();
  CHECK(get(*value) == "1");
}

TEST_CASE_FIXTURE(reload_fixture, "another initial value is seen, and later ones again") {
  put(*configure<value_resource>(writable("1")), "4");
  auto value = configure<value_resource>(writable("2"));
  store.end_all();
  CHECK(get(*value) == "2");
  put(*value, "5");
  CHECK(get(*configure<value_resource>(writable("2"))) == "5");
  value = configure<value_resource>(writable("1"));
  store.end_all();
  CHECK(get(*value) == "1");
}

TEST_CASE_FIXTURE(reload_fixture,
                  "without a store, a changed kind and a resource that was gone begin with nothing") {
  put(*configure<value_resource>(in_memory("1")), "4");
  CHECK(get(*configure<collection_resource>(collection_options{})) == "{}");
  CHECK(get(*configure<value_resource>(in_memory("1"))) == "1");
  put(*configure<value_resource>(in_memory("1")), "4");
  forget_all();
  CHECK(state.size() == 0);
  CHECK(state.dormant() == 0);
  CHECK(get(*configure<value_resource>(in_memory("1"))) == "1");
}

TEST_CASE_FIXTURE(reload_fixture,
                  "what is stored waits for its resource; a changed kind begins with nothing") {
  put(*configure<value_resource>(writable("1")), "4");
  CHECK(get(*configure<collection_resource>(stored_list())) == "{}");
  CHECK(state.dormant() == 1);
  CHECK(get(*configure<value_resource>(writable("1"))) == "4");
  CHECK(state.dormant() == 1);  // now the collection
  forget_all();
  CHECK(state.dormant() == 2);
  CHECK(get(*configure<value_resource>(in_memory("1"))) == "1");
  CHECK(get(*configure<value_resource>(writable("1"))) == "4");
}

TEST_CASE_FIXTURE(reload_fixture, "a value that becomes lasting is stored as it is") {
  put(*configure<value_resource>(in_memory("1")), "4");
  CHECK(store.under_way.empty());
  const auto value = configure<value_resource>(writable("1"));
  REQUIRE(store.under_way.size() == 1);
  CHECK(store.under_way.front().values.front().value == text("4"));
  store.end_one();
  CHECK(get(*value) == "4");
}

TEST_CASE_FIXTURE(reload_fixture, "what a store has is in force as soon as a resource opens it") {
  const auto version = with_version(text("1")).version;
  std::map<std::uint64_t, json_text> one{{0, text("7")}};
  std::vector<stored_cell> stored;
  stored.push_back({{"D_1", "x", "value"}, 0, 1, version, one});
  state.restore(stored);
  CHECK(state.size() == 0);
  SUBCASE("with the initial value that it was stored with") {
    CHECK(get(*configure<value_resource>(writable("1"))) == "7");
    CHECK(store.under_way.empty());
  }
  SUBCASE("and another initial value replaces it, as in a reload") {
    const auto value = configure<value_resource>(writable("2"));
    store.end_one();
    CHECK(get(*value) == "2");
  }
  SUBCASE("and a schema that refuses it sets it aside") {
    std::string reported;
    state.on_set_aside([&](const cell& of, std::uint64_t number, std::string_view why) {
      reported.append(of.name().path).append(" ").append(std::to_string(number)).append(" ").append(why);
    });
    const auto value = configure<value_resource>(at_most_five("1"));
    REQUIRE(store.under_way.size() == 1);
    CHECK_FALSE(store.under_way.front().values.front().set_aside.empty());
    store.end_one();
    CHECK(get(*value) == "1");
    CHECK(reported.starts_with("x 0 7 "));
  }
}

TEST_CASE_FIXTURE(reload_fixture, "a stored value without a value is none") {
  state.restore({{{"D_1", "x", "value"}, 0, 1, "", {}}});
  const auto value = configure<value_resource>(writable("1"));
  CHECK(get(*value) == "1");
  put(*value, "2");
}

TEST_CASE_FIXTURE(reload_fixture, "numbers of a stored collection go on, also behind deleted items") {
  std::map<std::uint64_t, json_text> items{{2, text("3")}};
  state.restore({{{"D_1", "x", "collection"}, 0, 9, "", items}});
  const auto list = configure<collection_resource>(stored_list());
  send(*list, {method::post, "x", "4"});
  store.end_all();
  CHECK(last().location == "x/9");
  CHECK(get(*list) == R"({"2":3,"9":4})");
}

TEST_CASE_FIXTURE(reload_fixture, "a device that stays keeps its cells without opening them") {
  const auto value = configure<value_resource>(writable("1"));
  put(*value, "4");
  state_draft draft(state);
  draft.keep("D_1");
  draft.put_in_force();
  CHECK(get(*configure<value_resource>(writable("1"))) == "4");
}

TEST_CASE_FIXTURE(reload_fixture, "a configuration that is given up changes nothing") {
  const auto value = configure<value_resource>(writable("1"));
  put(*value, "4");
  {
    state_draft draft(state);
    const value_resource other(writable("2"), draft, "D_1", "x");
    const value_resource fresh(writable("2"), draft, "D_1", "y");
  }
  CHECK(store.under_way.empty());
  CHECK(get(*value) == "4");
  CHECK(state.size() == 1);
}

TEST_CASE_FIXTURE(reload_fixture, "items stay but for those that another schema refuses; numbers go on") {
  const auto list = configure<collection_resource>(stored_list());
  for (const char* body : {"1", "9", "3"}) send(*list, {method::post, "x", body});
  store.end_all();
  auto narrow = stored_list(2);
  narrow.schema = at_most_five("1").schema;
  const auto after = configure<collection_resource>(narrow);
  store.end_all();
  CHECK(get(*after) == R"({"0":1,"2":3})");
  send(*after, {method::post, "x", "4"});
  CHECK(last().code == response_code::request_entity_too_large);
  send(*after, {.verb = method::del, .path = "x/2", .rest_at = 2});
  send(*after, {method::post, "x", "4"});
  store.end_all();
  CHECK(last().location == "x/3");
}

TEST_CASE_FIXTURE(reload_fixture, "a resource may go while a change of it is being stored") {
  auto value = make<value_resource>(writable("1"));
  const auto kept = value->kept();
  send(*value, {method::put, "x", "2"});
  send(*value, {method::put, "x", "3"});
  value.reset();
  store.end_one();
  CHECK(last().code == response_code::changed);
  CHECK(kept->current() == text("2"));
  store.end_one();
  CHECK(answered() == 2);
  CHECK(kept->current() == text("3"));
}

TEST_CASE_FIXTURE(reload_fixture, "a reload has its turn behind the changes that came before it") {
  const auto before = configure<value_resource>(writable("1"));
  send(*before, {method::put, "x", "7"});
  send(*before, {method::put, "x", "9"});
  const auto after = configure<value_resource>(at_most_five("1"));
  send(*after, {method::put, "x", "8"});
  CHECK(get(*after) == "1");
  store.end_one();
  CHECK(answered() == 1);
  CHECK(get(*after) == "7");
  REQUIRE(store.under_way.size() == 1);
  CHECK(store.under_way.front().values.size() ==
        2);  // the 9, and the 1 of the reload, because 9 is above the maximum
  store.end_one();
  CHECK(recorded.answers[1].code == response_code::changed);
  CHECK(get(*after) == "1");
  CHECK(answered() == 3);
  CHECK(last().code == response_code::bad_request);
}

TEST_CASE_FIXTURE(reload_fixture, "a resource that comes back while its old change is stored takes it") {
  send(*configure<value_resource>(writable("1")), {method::put, "x", "2"});
  forget_all();
  const auto again = configure<value_resource>(writable("1"));
  store.end_one();
  CHECK(last().code == response_code::changed);
  CHECK(get(*again) == "2");
}

TEST_CASE_FIXTURE(reload_fixture,
                  "a reload is in force even if it cannot be stored, unless it waits behind a change") {
  put(*configure<value_resource>(writable("1")), "4");
  auto value = configure<value_resource>(writable("2"));
  CHECK(get(*value) == "2");
  store.end_one(errc::storage_full);
  CHECK(get(*value) == "2");
  SUBCASE("and what comes next is stored with it") {
    send(*value, {method::put, "x", "3"});
    REQUIRE(store.under_way.size() == 1);
    CHECK(store.under_way.front().values.front().initial == with_version(text("2")).version);
    store.end_one();
    CHECK(get(*value) == "3");
  }
  SUBCASE("and behind a change, the next reload tries again") {
    send(*value, {method::put, "x", "3"});
    value = configure<value_resource>(writable("5"));
    CHECK(get(*value) == "2");
    store.end_one();
    CHECK(get(*value) == "5");
    store.end_one();
  }
}

TEST_CASE_FIXTURE(reload_fixture, "a signal goes on while its expression is the same; no store hears of it") {
  manual_clock time;
  time.advance(100s);
  const auto configure_signal = [&](const char* expression) {
    state_draft draft(state);
    auto made = std::make_unique<signal_resource>(signal_options{expression}, time, draft, "D_1", "x");
    draft.put_in_force();
    return made;
  };
  CHECK(get(*configure_signal("t")) == "0");
  time.advance(3s);
  CHECK(get(*configure_signal("t")) == "3");
  CHECK(get(*configure_signal("t + 1")) == "1");
  CHECK(get(*configure_signal("t")) == "0");
  CHECK(store.under_way.empty());
}
