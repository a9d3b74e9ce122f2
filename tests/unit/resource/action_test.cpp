#include <doctest/doctest.h>

#include <mqcoap/resource/action/action.hpp>
#include <mqcoap/resource/value/value.hpp>

#include "recorder.hpp"
#include "support/cell_writer.hpp"
#include "support/json_value.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

value_resource holding(std::string_view json) {
  return make_alone<value_resource>(value_options{text(json), {method::get}, std::nullopt});
}
const json_text& stored_in(const value_resource& value) { return value.kept()->current(); }
void store(const value_resource& value, std::string_view json) { assign(memory_state(), value.kept(), json); }
action_resource make_action(std::vector<action_resource::condition> when,
                            std::vector<action_resource::assignment> set) {
  return action_resource(std::move(when), std::move(set), memory_state());
}

/// Returns true if an action that requires `expected` runs while the value is `actual`.
bool runs(const char* expected, const char* actual) {
  auto value = holding(actual);
  auto action = make_action({{"v", value.kept(), json_value(expected)}}, {});
  const auto code = ask(action, {method::post, "act"}).code;
  CHECK((code == response_code::valid || code == response_code::precondition_failed));
  return code == response_code::valid;
}

}  // namespace

TEST_CASE("POST runs an action: its values are stored, the answer is 203 without a body") {
  auto status = holding(R"({"state":"IDLE"})");
  auto count = holding("0");
  auto arm = make_action({}, {{status.kept(), text(R"({"state":"ARMED"})")}, {count.kept(), text("1")}});
  const auto old_etag = ask(status, {.path = "status"}).options.etag;
  const auto done = ask(arm, {method::post, "arm"});
  CHECK(done.code == response_code::valid);
  CHECK(done.body.is_null());
  CHECK(stored_in(status) == text(R"({"state":"ARMED"})"));
  CHECK(stored_in(count) == text("1"));
  CHECK(ask(status, {.path = "status"}).options.etag != old_etag);
}

TEST_CASE(
    "an action whose condition does not hold gets 412 with what is and what is needed, and stores nothing") {
  auto status = holding(R"({"state":"IDLE"})");
  auto count = holding("0");
  auto trigger = make_action({{"status", status.kept(), json_value(R"({"state": "ARMED"})")}},
                             {{count.kept(), text("1")}});
  const auto refused = ask(trigger, {method::post, "trigger"});
  CHECK(refused.code == response_code::precondition_failed);
  CHECK(message_of(refused) == R"(when: status is {"state":"IDLE"}, the action needs {"state":"ARMED"})");
  CHECK(stored_in(count) == text("0"));
  store(status, R"({"state":"ARMED"})");
  CHECK(ask(trigger, {method::post, "trigger"}).code == response_code::valid);
  CHECK(stored_in(count) == text("1"));
}

TEST_CASE("every condition must hold; the first that does not is named") {
  auto a = holding("1"), b = holding("2");
  auto action = make_action({{"a", a.kept(), 1}, {"b", b.kept(), 3}}, {});
  CHECK(message_of(ask(action, {method::post, "act"})) == "when: b is 2, the action needs 3");
  store(b, "3");
  CHECK(ask(action, {method::post, "act"}).code == response_code::valid);
}

TEST_CASE("a condition on an object asks for the members that it names and no others") {
  CHECK(runs(R"({"state":"ARMED"})", R"({"since":5,"state":"ARMED"})"));
  CHECK(runs("{}", R"({"state":"ARMED"})"));
  CHECK_FALSE(runs(R"({"state":"ARMED"})", R"({"state":"IDLE"})"));
  CHECK_FALSE(runs(R"({"state":"ARMED"})", "{}"));
  CHECK_FALSE(runs(R"({"state":null})", "{}"));
  CHECK_FALSE(runs("{}", "[]"));
  CHECK_FALSE(runs(R"({"in":{"a":1}})", R"({"in":{"a":1,"b":2}})"));
}

TEST_CASE("a condition on anything else asks for the whole value, numbers by their value") {
  CHECK(runs("[1,2]", "[1,2]"));
  CHECK_FALSE(runs("[1,2]", "[1,2,3]"));
  CHECK(runs("5", "5.0"));
  CHECK_FALSE(runs("9007199254740992", "9007199254740993"));
  CHECK(runs("null", "null"));
  CHECK_FALSE(runs("null", "0"));
  CHECK_FALSE(runs("\"5\"", "5"));
  CHECK_FALSE(runs("true", "1"));
}

TEST_CASE("an action takes POST only, whatever the body") {
  auto value = holding("0");
  auto action = make_action({}, {{value.kept(), text("1")}});
  for (const auto verb : {method::get, method::put, method::del}) {
    const auto refused = ask(action, {verb, "arm"});
    CHECK(refused.code == response_code::method_not_allowed);
    CHECK(message_of(refused) == "arm allows POST, not " + std::string(to_string(verb)));
  }
  CHECK(stored_in(value) == text("0"));
  CHECK(ask(action, {method::post, "arm", "{\"x\":[1]}"}).code == response_code::valid);
}

TEST_CASE("an action rejects a body in a format that bodies cannot have") {
  auto action = make_action({}, {});
  request_options options;
  options.content_format = "application/link-format";
  CHECK(ask(action, {method::post, "arm", "\"x\"", options}).code ==
        response_code::unsupported_content_format);
  CHECK(ask(action, {method::post, "arm", "null", options}).code == response_code::valid);
}

TEST_CASE("a large value is truncated in the message of a 412") {
  auto value = holding('"' + std::string(10'000, 'x') + '"');
  auto action = make_action({{"v", value.kept(), 1}}, {});
  CHECK(message_of(ask(action, {method::post, "act"})).size() < 200);
}
