#include <doctest/doctest.h>

#include <mqcoap/resource/collection/collection.hpp>
#include <mqcoap/resource/path_router.hpp>

#include "recorder.hpp"
#include "support/cell_writer.hpp"
#include "support/json_value.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

/// A collection behind a router, as in a device.
class shots {
 public:
  explicit shots(collection_options options = {}) {
    state_draft draft(memory_state());
    const auto made = std::make_shared<collection_resource>(std::move(options), draft, "D_1", "shots");
    router_.add_exact("shots", made);
    router_.add_subtree("shots", made);
  }
  answer ask(requested a) {
    const std::string key = a.path.front() == '/' ? a.path.substr(1) : a.path;
    const auto found = router_.find(key);
    REQUIRE(found.target != nullptr);
    a.rest_at = found.rest_at;
    return test::ask(*found.target, a);
  }
  answer post(const char* body) { return ask({method::post, "shots", body}); }
  answer get(const char* path) { return ask({.path = path}); }

 private:
  path_router router_;
};

}  // namespace

TEST_CASE("POST to a collection makes an item and names its place") {
  shots s;
  const auto first = s.post("{\"v\":1}");
  CHECK(first.code == response_code::created);
  CHECK(first.location == "shots/0");
  CHECK(first.body.is_null());
  CHECK(s.post("2").location == "shots/1");
  CHECK(s.ask({method::post, "/shots", "3"}).location == "shots/2");
  const auto got = s.get("shots/0");
  CHECK(got.code == response_code::content);
  CHECK(got.body.text() == "{\"v\":1}");
  CHECK_FALSE(got.options.etag.empty());
}

TEST_CASE("a collection inside a longer path names its items with the whole path") {
  auto runs = make_alone<collection_resource>(collection_options{});
  CHECK(ask(runs, {method::post, "axuv/day 1/runs", "1"}).location == "axuv/day 1/runs/0");
  const auto missing = ask(runs, {.path = "axuv/day 1/runs/7", .rest_at = 16});
  CHECK(message_of(missing) ==
        "axuv/day 1/runs/7 does not exist; GET axuv/day 1/runs lists the items, POST to axuv/day 1/runs "
        "makes one");
}

TEST_CASE("GET of a collection gives an object from number to item, in order") {
  shots s;
  CHECK(s.get("shots").body.text() == "{}");
  for (int i = 0; i < 11; ++i) s.post(std::to_string(i * i).c_str());
  s.ask({method::del, "shots/3"});
  const auto list = s.get("shots");
  CHECK(list.code == response_code::content);
  CHECK(list.body.text() == R"({"0":0,"1":1,"2":4,"4":16,"5":25,"6":36,"7":49,"8":64,"9":81,"10":100})");
}

TEST_CASE("an item that the list could not show in a payload is refused") {
  collection_options options;
  options.max_depth = 2;
  shots s(options);
  CHECK(s.post("[[1]]").code == response_code::created);
  const auto refused = s.post("[[[1]]]");
  CHECK(refused.code == response_code::bad_request);
  CHECK(message_of(refused) == "body: nested deeper than 2 levels: the list of the items could not be sent");
  CHECK(s.ask({method::put, "shots/0", "[[[1]]]"}).code == response_code::bad_request);
  CHECK(s.get("shots").body.text() == "{\"0\":[[1]]}");
}

TEST_CASE("the list has a version that changes with every item") {
  shots s;
  std::vector<std::string> seen{s.get("shots").options.etag};
  const auto is_new = [&] {
    const auto etag = s.get("shots").options.etag;
    const bool known = std::find(seen.begin(), seen.end(), etag) != seen.end();
    seen.push_back(etag);
    return !known;
  };
  s.post("1");
  CHECK(is_new());
  s.ask({method::put, "shots/0", "2"});
  CHECK(is_new());
  s.post("3");
  CHECK(is_new());
  s.ask({method::del, "shots/0"});
  CHECK(is_new());
  CHECK(s.ask({.path = "shots", .options = with(&request_options::etag, seen.back())}).code ==
        response_code::valid);
}

TEST_CASE("PUT replaces an item, DELETE takes it away, and its number is never used again") {
  shots s;
  s.post("\"a\"");
  s.post("\"b\"");
  const auto etag = s.get("shots/1").options.etag;
  const auto put = s.ask({method::put, "shots/1", "\"c\""});
  CHECK(put.code == response_code::changed);
  CHECK(put.body.is_null());
  CHECK(put.options.etag != etag);
  CHECK(s.get("shots/1").body.text() == "\"c\"");
  CHECK(s.get("shots/1").options.etag == put.options.etag);

  const auto removed = s.ask({method::del, "shots/1"});
  CHECK(removed.code == response_code::deleted);
  CHECK(removed.body.is_null());
  CHECK(s.get("shots/1").code == response_code::not_found);
  CHECK(s.ask({method::del, "shots/1"}).code == response_code::not_found);
  CHECK(s.ask({method::put, "shots/1", "1"}).code == response_code::not_found);
  CHECK(s.post("\"d\"").location == "shots/2");
}

TEST_CASE("only the one spelling of an item's number is its path") {
  shots s;
  s.post("1");
  CHECK(s.get("shots/0").code == response_code::content);
  for (const char* path : {"shots/00", "shots/+0", "shots/-0", "shots/0x0", "shots/0.0", "shots/ 0",
                           "shots/0 ", "shots/zero", "shots/0/0", "shots/1", "shots/18446744073709551615",
                           "shots/18446744073709551616", "shots/99999999999999999999999"}) {
    CAPTURE(path);
    const auto missing = s.get(path);
    CHECK(missing.code == response_code::not_found);
    CHECK(message_of(missing).find("GET shots lists the items") != std::string::npos);
  }
}

TEST_CASE("the list takes GET and POST, an item GET, PUT and DELETE") {
  shots s;
  s.post("1");
  const auto put = s.ask({method::put, "shots", "{}"});
  CHECK(put.code == response_code::method_not_allowed);
  CHECK(message_of(put) == "shots allows GET, POST, not PUT");
  CHECK(s.ask({method::del, "shots"}).code == response_code::method_not_allowed);
  const auto post = s.ask({method::post, "shots/0", "1"});
  CHECK(post.code == response_code::method_not_allowed);
  CHECK(message_of(post) == "shots/0 allows GET, PUT, DELETE, not POST");
  CHECK(s.ask({method::post, "shots/5", "1"}).code == response_code::not_found);
}

TEST_CASE("a full collection refuses POST until an item is deleted") {
  shots s({.max = 2, .schema = {}});
  s.post("1");
  s.post("2");
  const auto full = s.post("3");
  CHECK(full.code == response_code::request_entity_too_large);
  CHECK(message_of(full) == "shots is full with 2 items; DELETE one first");
  CHECK(s.ask({method::put, "shots/0", "9"}).code == response_code::changed);
  s.ask({method::del, "shots/0"});
  CHECK(s.post("3").location == "shots/2");
}

TEST_CASE("the items of a collection together have a limit in bytes") {
  shots s({.max = 10, .max_bytes = 8, .schema = {}});
  CHECK(s.post("12345").code == response_code::created);
  const auto refused = s.post("1234");
  CHECK(refused.code == response_code::request_entity_too_large);
  CHECK(message_of(refused) == "shots has room for 3 bytes more; send less or DELETE an item first");
  CHECK(s.post("123").code == response_code::created);
  CHECK(s.ask({method::put, "shots/1", "1234"}).code == response_code::request_entity_too_large);
  CHECK(s.get("shots/1").body.text() == "123");
  CHECK(s.ask({method::put, "shots/0", "1"}).code == response_code::changed);
  CHECK(s.ask({method::put, "shots/1", "1234567"}).code == response_code::changed);
  s.ask({method::del, "shots/1"});
  CHECK(s.post("1234567").code == response_code::created);
}

TEST_CASE("an item that violates the schema gets 400 with POST and PUT") {
  shots s({.schema = *json_schema::compile(json_value(R"({"type": "object", "required": ["v"]})"))});
  const auto refused = s.post("[1]");
  CHECK(refused.code == response_code::bad_request);
  CHECK(message_of(refused) == "body: it is an array, an object is expected");
  CHECK(s.get("shots").body.text() == "{}");
  CHECK(s.post("{\"v\":1}").code == response_code::created);
  const auto put = s.ask({method::put, "shots/0", "{}"});
  CHECK(put.code == response_code::bad_request);
  CHECK(message_of(put) == "body: the member 'v' is missing");
  CHECK(s.get("shots/0").body.text() == "{\"v\":1}");
}

TEST_CASE(
    "an item in which an object has a key twice is refused where a schema looks at it, and nowhere else") {
  constexpr char twice[] = R"({"v":1,"v":2})";
  shots checked({.schema = *json_schema::compile(json_value(R"({"required": ["v"]})"))});
  CHECK(message_of(checked.post(twice)) == "body: the key 'v' is given twice");
  CHECK(checked.post("{\"v\":1}").code == response_code::created);
  CHECK(message_of(checked.ask({method::put, "shots/0", twice})) == "body: the key 'v' is given twice");
  shots plain;
  CHECK(plain.post(twice).code == response_code::created);
}

TEST_CASE("an item with a key twice is not taken over by a collection with a schema") {
  memory_store store;
  resource_state state(store);
  state_draft first(state);
  collection_resource before({}, first, "D_1", "c");
  first.put_in_force();
  for (const char* item : {R"({"v":1,"v":2})", R"({"v":3})"})
    CHECK(ask(before, {method::post, "c", item}).code == response_code::created);
  state_draft second(state);
  collection_resource after({.schema = *json_schema::compile(json_value(R"({"required": ["v"]})"))}, second,
                            "D_1", "c");
  second.put_in_force();
  CHECK(ask(after, {.path = "c"}).body.text() == R"({"1":{"v":3}})");
}

TEST_CASE("items honour versions and formats as values do") {
  shots s;
  s.post("\"a\"");
  const auto etag = s.get("shots/0").options.etag;
  CHECK(s.ask({.path = "shots/0", .options = with(&request_options::etag, etag)}).code ==
        response_code::valid);
  CHECK(s.ask({.path = "shots/0", .options = with(&request_options::accept, "text/plain")})
            .options.content_format == "text/plain");
  CHECK(s.ask({.path = "shots", .options = with(&request_options::accept, "text/plain")}).code ==
        response_code::not_acceptable);
  CHECK(s.ask({method::put, "shots/0", "1", with(&request_options::if_match, "x")}).code ==
        response_code::precondition_failed);
  CHECK(s.ask({method::del, "shots/0", "null", with(&request_options::if_match, "x")}).code ==
        response_code::precondition_failed);
  CHECK(s.ask({method::del, "shots/0", "null", with(&request_options::if_none_match, etag)}).code ==
        response_code::precondition_failed);
  request_options create_only;
  create_only.create_only = true;
  CHECK(s.ask({method::put, "shots/0", "1", create_only}).code == response_code::precondition_failed);
  const auto link_format = with(&request_options::content_format, "application/link-format");
  CHECK(s.ask({method::post, "shots", "\"x\"", link_format}).code ==
        response_code::unsupported_content_format);
  CHECK(s.ask({method::put, "shots/0", "\"x\"", link_format}).code ==
        response_code::unsupported_content_format);
  CHECK(s.get("shots/0").body.text() == "\"a\"");
  CHECK(s.ask({method::del, "shots/0", "null", with(&request_options::if_match, etag)}).code ==
        response_code::deleted);
}

TEST_CASE("a collection of 100,000 items keeps every one at its number") {
  shots s({.max = 100'000, .schema = {}});
  for (int i = 0; i < 100'000; ++i) s.post(std::to_string(i).c_str());
  for (const char* number : {"0", "1", "99", "54321", "99999"})
    CHECK(s.get(("shots/" + std::string(number)).c_str()).body.text() == number);
  CHECK(s.post("1").code == response_code::request_entity_too_large);
}
