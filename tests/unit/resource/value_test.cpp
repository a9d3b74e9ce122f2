#include <doctest/doctest.h>

#include <mqcoap/resource/value/value.hpp>

#include "recorder.hpp"
#include "support/cell_writer.hpp"
#include "support/json_value.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

value_resource make(value_options options) { return make_alone<value_resource>(std::move(options)); }

const json_text& current(const value_resource& value) { return value.kept()->current(); }

value_resource make_gains() {
  const auto schema =
      json_value(R"({"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 7}})");
  return make({text("[0,1,2,3,4]"), {method::get, method::put}, *json_schema::compile(schema)});
}

value_resource make_writable(std::string_view json) {
  return make({text(json), {method::get, method::put}, std::nullopt});
}

}  // namespace

TEST_CASE("GET of a value gives it with its version") {
  auto gains = make_gains();
  const auto got = ask(gains, {.path = "gains"});
  CHECK(got.code == response_code::content);
  CHECK(got.body == text("[0,1,2,3,4]"));
  CHECK_FALSE(got.options.etag.empty());
  CHECK(got.options.content_format.empty());
}

TEST_CASE("GET shares the text of the value and copies nothing") {
  auto gains = make_gains();
  const auto got = ask(gains, {.path = "gains"});
  CHECK(got.body.text().data() == current(gains).text().data());
}

TEST_CASE("a value keeps the text that was stored, digits and spaces included") {
  auto value = make_writable("0");
  const std::string body = "{ \"a\" : 18446744073709551615, \"b\" : 1.50 }";
  CHECK(ask(value, {method::put, "v", body}).code == response_code::changed);
  CHECK(ask(value, {.path = "v"}).body.text() == body);
}

TEST_CASE("PUT replaces the value and gives the new version") {
  auto gains = make_gains();
  const auto before = ask(gains, {.path = "gains"}).options.etag;
  const auto put = ask(gains, {method::put, "gains", "[7]"});
  CHECK(put.code == response_code::changed);
  CHECK(put.body.is_null());
  CHECK(put.options.etag != before);
  const auto after = ask(gains, {.path = "gains"});
  CHECK(after.body == text("[7]"));
  CHECK(after.options.etag == put.options.etag);
}

TEST_CASE("the same text has the same version, no matter which value holds it") {
  auto one = make_writable("[1,2]"), other = make_writable("[1,2]"), third = make_writable("[1,3]");
  CHECK(ask(one, {.path = "a"}).options.etag == ask(other, {.path = "b"}).options.etag);
  CHECK(ask(one, {.path = "a"}).options.etag != ask(third, {.path = "c"}).options.etag);
}

TEST_CASE(
    "PUT of a value that breaks the schema gets 400 with the place and what is right, and stores nothing") {
  auto gains = make_gains();
  const auto refused = ask(gains, {method::put, "gains", "[1,2,9]"});
  CHECK(refused.code == response_code::bad_request);
  CHECK(message_of(refused) == "body/2: 9 is over the maximum 7");
  CHECK(message_of(ask(gains, {method::put, "gains", "\"high\""})) ==
        "body: \"high\" is a string, an array is expected");
  CHECK(ask(gains, {.path = "gains"}).body == text("[0,1,2,3,4]"));
}

TEST_CASE("without a schema any value can be stored") {
  auto value = make_writable("1");
  for (const char* body : {"null", "true", "\"x\"", "[]", "{}", "-1.5"}) {
    CHECK(ask(value, {method::put, "v", body}).code == response_code::changed);
    CHECK(ask(value, {.path = "v"}).body.text() == body);
  }
}

TEST_CASE("a method that a value does not allow gets 405 naming those that it allows") {
  auto gains = make_gains();
  for (const auto verb : {method::post, method::del}) {
    const auto refused = ask(gains, {verb, "gains", "[1]"});
    CHECK(refused.code == response_code::method_not_allowed);
    CHECK(message_of(refused) == "gains allows GET, PUT, not " + std::string(to_string(verb)));
  }
  auto constant = make({text("1"), {method::get}, std::nullopt});
  CHECK(ask(constant, {method::put, "c", "2"}).code == response_code::method_not_allowed);
  CHECK(current(constant) == text("1"));
  auto write_only = make({text("1"), {method::put}, std::nullopt});
  CHECK(ask(write_only, {.path = "w"}).code == response_code::method_not_allowed);
}

TEST_CASE("GET with the version that still holds gets 203 without a body") {
  auto gains = make_gains();
  const auto etag = ask(gains, {.path = "gains"}).options.etag;
  const auto same = ask(gains, {.path = "gains", .options = with(&request_options::etag, etag)});
  CHECK(same.code == response_code::valid);
  CHECK(same.body.is_null());
  CHECK(same.options.etag == etag);
  const auto other = ask(gains, {.path = "gains", .options = with(&request_options::etag, "other")});
  CHECK(other.code == response_code::content);
}

TEST_CASE("a string can be had as text/plain, anything else only as application/json") {
  auto name = make_writable("\"bay 3\"");
  const auto as_text = ask(name, {.path = "name", .options = with(&request_options::accept, "text/plain")});
  CHECK(as_text.code == response_code::content);
  CHECK(as_text.body == text("\"bay 3\""));
  CHECK(as_text.options.content_format == "text/plain");
  const auto as_json =
      ask(name, {.path = "name", .options = with(&request_options::accept, "Application/JSON")});
  CHECK(as_json.code == response_code::content);

  const auto links =
      ask(name, {.path = "name", .options = with(&request_options::accept, "application/link-format")});
  CHECK(links.code == response_code::not_acceptable);
  CHECK(message_of(links) ==
        "accept: name cannot be given as 'application/link-format', only as application/json or text/plain");

  auto gains = make_gains();
  const auto refused = ask(gains, {.path = "gains", .options = with(&request_options::accept, "text/plain")});
  CHECK(refused.code == response_code::not_acceptable);
  CHECK(message_of(refused) == "accept: gains cannot be given as 'text/plain', only as application/json");
}

TEST_CASE("an impossible format is refused even if the version still holds") {
  auto gains = make_gains();
  auto options = with(&request_options::etag, ask(gains, {.path = "gains"}).options.etag);
  options.accept = "image/png";
  CHECK(ask(gains, {.path = "gains", .options = options}).code == response_code::not_acceptable);
}

TEST_CASE("PUT takes application/json, and text/plain where the body is a string") {
  auto value = make_writable("1");
  const auto put = [&](const char* format, const char* body) {
    return ask(value, {method::put, "v", body, with(&request_options::content_format, format)});
  };
  CHECK(put("application/json", "[1]").code == response_code::changed);
  CHECK(put("text/plain", "\"x\"").code == response_code::changed);
  const auto number = put("text/plain", "3");
  CHECK(number.code == response_code::unsupported_content_format);
  CHECK(message_of(number) ==
        "content_format: text/plain needs a string as body, here is 3; send it as application/json");
  CHECK(put("text/plain", "null").code == response_code::unsupported_content_format);
  const auto links = put("application/link-format", "\"</x>\"");
  CHECK(links.code == response_code::unsupported_content_format);
  CHECK(message_of(links).find("application/json") != std::string::npos);
  CHECK(current(value) == text("\"x\""));
}

TEST_CASE("PUT with if_match stores only over that version") {
  auto gains = make_gains();
  const auto etag = ask(gains, {.path = "gains"}).options.etag;
  const auto stale = ask(gains, {method::put, "gains", "[1]", with(&request_options::if_match, "older")});
  CHECK(stale.code == response_code::precondition_failed);
  CHECK(message_of(stale) ==
        "if_match: gains is now at version " + etag + ", not older; GET it and decide again");
  CHECK(current(gains) == text("[0,1,2,3,4]"));
  CHECK(ask(gains, {method::put, "gains", "[1]", with(&request_options::if_match, etag)}).code ==
        response_code::changed);
  CHECK(ask(gains, {method::put, "gains", "[2]", with(&request_options::if_match, etag)}).code ==
        response_code::precondition_failed);
}

TEST_CASE("PUT with if_none_match stores only over another version") {
  auto gains = make_gains();
  const auto etag = ask(gains, {.path = "gains"}).options.etag;
  CHECK(ask(gains, {method::put, "gains", "[1]", with(&request_options::if_none_match, etag)}).code ==
        response_code::precondition_failed);
  CHECK(ask(gains, {method::put, "gains", "[1]", with(&request_options::if_none_match, "other")}).code ==
        response_code::changed);
}

TEST_CASE("PUT that is only to create gets 412 from a value, which always exists") {
  auto gains = make_gains();
  request_options options;
  options.create_only = true;
  const auto refused = ask(gains, {method::put, "gains", "[1]", options});
  CHECK(refused.code == response_code::precondition_failed);
  CHECK(message_of(refused).find("exists already") != std::string::npos);
}

TEST_CASE("the version is looked at before the body, and only where something would change") {
  auto gains = make_gains();
  CHECK(ask(gains, {method::put, "gains", "[99]", with(&request_options::if_match, "older")}).code ==
        response_code::precondition_failed);
  CHECK(ask(gains, {.path = "gains", .options = with(&request_options::if_match, "older")}).code ==
        response_code::content);
}

TEST_CASE("a leading slash of the path does not show in the words") {
  auto gains = make_gains();
  CHECK(message_of(ask(gains, {method::del, "/gains"})) == "gains allows GET, PUT, not DELETE");
}

TEST_CASE(
    "a body in which an object has a key twice is refused where a schema looks at it, and nowhere else") {
  const auto schema = json_schema::compile(json_value(R"({"properties": {"v": {"maximum": 5}}})"));
  auto checked = make({text("{}"), {method::get, method::put}, *schema});
  const auto refused = ask(checked, {method::put, "c", R"({"v":9,"v":1})"});
  CHECK(refused.code == response_code::bad_request);
  CHECK(message_of(refused) == "body: the key 'v' is given twice");
  CHECK(message_of(ask(checked, {method::put, "c", R"({"list":[1,{"a/b":{"x":1,"\u0078":2}}]})"})) ==
        "body/list/1/a~1b: the key 'x' is given twice");
  CHECK(current(checked) == text("{}"));
  auto plain = make_writable("1");
  CHECK(ask(plain, {method::put, "p", R"({"v":9,"v":1})"}).code == response_code::changed);
}

TEST_CASE("a value at which an action looks takes no object with a key twice") {
  auto watched =
      make({.initial = text("{}"), .methods = {method::put}, .schema = std::nullopt, .is_condition = true});
  CHECK(message_of(ask(watched, {method::put, "w", R"({"state":"IDLE","state":"ARMED"})"})) ==
        "body: the key 'state' is given twice");
  CHECK(ask(watched, {method::put, "w", R"({"state":"ARMED"})"}).code == response_code::changed);
}

TEST_CASE("a metric takes numbers and nothing else") {
  auto rate =
      make({.initial = text("1"), .methods = {method::put}, .schema = std::nullopt, .is_metric = true});
  for (const char* body : {"\"high\"", "null", "true", "[1]", "{}", R"({"a":1,"a":2})", "\"5\""}) {
    CAPTURE(body);
    CHECK(message_of(ask(rate, {method::put, "r", body})) ==
          std::string("body: ") + body + " is given, but a metric must be a number");
  }
  for (const char* body : {"-5", "0", "1.7976931348623158e308", "18446744073709551616", "1e-400"})
    CHECK(ask(rate, {method::put, "r", body}).code == response_code::changed);
}

TEST_CASE("what a value held before is kept only if the new rules allow it") {
  const auto after = [](const char* held, value_options options) {
    memory_store store;
    resource_state state(store);
    const auto configure = [&state](value_options chosen) {
      chosen.initial = text("0");
      state_draft draft(state);
      const value_resource made(std::move(chosen), draft, "D_1", "x");
      draft.put_in_force();
      return made.kept();
    };
    assign(state, configure({.initial = {}, .methods = {method::put}, .schema = std::nullopt}), held);
    return std::string(configure(std::move(options))->current().text());
  };
  CHECK(after("\"x\"", {}) == "\"x\"");
  CHECK(after("\"x\"", {.initial = {}, .schema = std::nullopt, .is_metric = true}) == "0");
  CHECK(after("7", {.initial = {}, .schema = std::nullopt, .is_metric = true}) == "7");
  constexpr char twice[] = R"({"a":1,"a":2})";
  CHECK(after(twice, {}) == twice);
  CHECK(after(twice, {.initial = {}, .schema = std::nullopt, .is_condition = true}) == "0");
  CHECK(after(twice, {.initial = {}, .schema = *json_schema::compile(true)}) == "0");
}
