#include <doctest/doctest.h>

#include <mqcoap/resource/handler.hpp>

#include "recorder.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

TEST_CASE("a responder that is dropped answers 500") {
  recorder answers;
  { responder dropped(make_call({.path = "x"}), answers.sink()); }
  REQUIRE(answers.answers.size() == 1);
  CHECK(answers.answers[0].code == response_code::internal_server_error);
  CHECK(message_of(answers.answers[0]) == "the handler gave no answer");
}

TEST_CASE("a responder answers once, and not again when it goes") {
  recorder answers;
  {
    responder r(make_call({.path = "x"}), answers.sink());
    std::move(r).fail(response_code::forbidden, "no");
  }
  REQUIRE(answers.answers.size() == 1);
  CHECK(answers.answers[0].code == response_code::forbidden);
}

TEST_CASE("the duty to answer moves with the responder") {
  recorder answers;
  responder kept(make_call({.path = "first"}), answers.sink());
  {
    responder moved_from(make_call({.path = "second"}), answers.sink());
    kept = std::move(moved_from);
    REQUIRE(answers.answers.size() == 1);  // the first call was dropped
    CHECK(answers.answers[0].code == response_code::internal_server_error);
  }
  CHECK(answers.answers.size() == 1);
  CHECK(kept.req().path.key() == "second");
  std::move(kept).respond({});
  REQUIRE(answers.answers.size() == 2);
  CHECK(answers.answers[1].code == response_code::content);
}

TEST_CASE("the rest of a call's path does not count the leading slash") {
  CHECK(make_call({.path = "/probe/gains", .rest_at = 6})->rest() == "gains");
  CHECK(make_call({.path = "probe/gains", .rest_at = 6})->rest() == "gains");
  CHECK(make_call({.path = "/probe"})->rest().empty());
}
