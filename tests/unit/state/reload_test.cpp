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

struct reload_fixture : state_fixture {
  /// What a PUT leaves behind.
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
  CHECK(get(*configure<value_resource>(value_options{text("1"), {method::get}, std::nullopt})) == "4");
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

TEST_CASE_FIXTURE(reload_fixture, "a changed kind, and a resource that was gone, begin with nothing") {
  put(*configure<value_resource>(writable("1")), "4");
  CHECK(get(*configure<collection_resource>(collection_options{})) == "{}");
  CHECK(get(*configure<value_resource>(writable("1"))) == "1");
  put(*configure<value_resource>(writable("1")), "4");
  forget_all();
  CHECK(state.size() == 0);
  CHECK(get(*configure<value_resource>(writable("1"))) == "1");
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
  const auto list = configure<collection_resource>(collection_options{});
  for (const char* body : {"1", "9", "3"}) send(*list, {method::post, "x", body});
  store.end_all();
  collection_options narrow;
  narrow.max = 2;
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
  CHECK(get(*after) == "7");
  store.end_one();
  CHECK(answered() == 2);
  CHECK(last().code == response_code::changed);
  CHECK(get(*after) == "9");
  store.end_one();  // the reload's, since 9 is over the maximum
  CHECK(get(*after) == "1");
  CHECK(answered() == 3);
  CHECK(last().code == response_code::bad_request);
}

TEST_CASE_FIXTURE(reload_fixture,
                  "a resource that comes back while its old change is stored begins with nothing") {
  send(*configure<value_resource>(writable("1")), {method::put, "x", "2"});
  forget_all();
  const auto again = configure<value_resource>(writable("1"));
  store.end_one();
  CHECK(last().code == response_code::changed);
  CHECK(get(*again) == "1");
}

TEST_CASE_FIXTURE(reload_fixture, "a reload that cannot be stored is tried again by the next one") {
  put(*configure<value_resource>(writable("1")), "4");
  auto value = configure<value_resource>(writable("2"));
  store.end_one(errc::denied);
  CHECK(get(*value) == "4");
  value = configure<value_resource>(writable("2"));
  store.end_one();
  CHECK(get(*value) == "2");
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
