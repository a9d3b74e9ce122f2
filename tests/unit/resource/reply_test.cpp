#include <doctest/doctest.h>

#include <mqcoap/resource/reply/reply.hpp>

#include "recorder.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

TEST_CASE("a reply answers every method alike unless told which") {
  reply_resource ping({.body = json_text::from_string("pong")});
  for (const auto verb : all_methods) {
    const auto got = ask(ping, {verb, "ping", "[1]"});
    CHECK(got.code == response_code::content);
    CHECK(got.body.text() == "\"pong\"");
  }
  reply_resource posted({.body = json_text::from_string("ok"), .methods = {method::post}});
  CHECK(ask(posted, {method::post, "ping"}).code == response_code::content);
  const auto refused = ask(posted, {method::get, "ping"});
  CHECK(refused.code == response_code::method_not_allowed);
  CHECK(message_of(refused) == "ping allows POST, not GET");
}

TEST_CASE("a reply gives each of the 21 codes as configured") {
  for (const auto code : all_response_codes) {
    CAPTURE(to_int(code));
    reply_resource reply({.code = code, .body = json_text::from_string("no")});
    const auto got = ask(reply, {.path = "p"});
    CHECK(got.code == code);
    CHECK(got.body.text() == "\"no\"");
    CHECK(got.location.empty());
  }
}

TEST_CASE("a fixed reply does nothing, so that nobody needs to remember its request") {
  for (const auto code : {response_code::content, response_code::changed, response_code::forbidden}) {
    CAPTURE(to_int(code));
    reply_resource reply({.code = code, .body = json_text::from_string("no")});
    CHECK(ask(reply, {method::post, "p"}).never_run);
  }
}

TEST_CASE("an error without words is sent with the name of its code") {
  reply_resource reply({.code = response_code::bad_option, .body = {}});
  CHECK(message_of(ask(reply, {.path = "p"})) == "BAD_OPTION");
  reply_resource success({.code = response_code::changed, .body = {}});
  CHECK(ask(success, {.path = "p"}).body.is_null());
}

TEST_CASE("a reply with content refuses a format that it cannot be given in") {
  reply_resource ping({.body = json_text::from_string("pong")});
  request_options options;
  options.accept = "text/plain";
  CHECK(ask(ping, {.path = "ping", .options = options}).options.content_format == "text/plain");
  options.accept = "application/link-format";
  CHECK(ask(ping, {.path = "ping", .options = options}).code == response_code::not_acceptable);
  reply_resource error({.code = response_code::forbidden, .body = json_text::from_string("no")});
  CHECK(ask(error, {.path = "ping", .options = options}).code == response_code::forbidden);
}
