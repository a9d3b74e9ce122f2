#include <doctest/doctest.h>

#include <mqcoap/client/response_exception.hpp>
#include <string>

using namespace mqcoap;

TEST_CASE("every error code has its own class") {
  int classes = 0;
  for (const auto code : all_response_codes) {
    if (!is_error(code)) continue;
    try {
      throw_response_exception(code, "why", {"gains", "me", "DEV", "16fd", "GET"});
    } catch (const response_exception& e) {
      CHECK(typeid(e) != typeid(response_exception));
      CHECK(e.response_code() == code);
      CHECK(e.code() == code);
      ++classes;
    }
  }
  CHECK(classes == 16);
}

TEST_CASE("an exception class can be caught, and contains the request") {
  const exchange_names names{"gains", "me", "DEV", "16fd", "GET"};
  CHECK_THROWS_AS(throw_response_exception(response_code::not_found, {}, names), not_found);
  CHECK_THROWS_AS(throw_response_exception(response_code::gateway_timeout, {}, names), gateway_timeout);
  try {
    throw_response_exception(response_code::not_found, "no such gain", names);
  } catch (const not_found& e) {
    CHECK(e.detail() == "no such gain");
    CHECK(e.path() == "gains");
    CHECK(e.source() == "me");
    CHECK(e.target() == "DEV");
    CHECK(e.request_id() == "16fd");
    CHECK(e.method() == "GET");
    CHECK(std::string(e.what()) == "404 NOT_FOUND from DEV to GET gains: no such gain");
  }
}

TEST_CASE("a failed exchange is not an answer") {
  const exchange_failed e(errc::timed_out, "DEV did not answer within 5s");
  CHECK(e.code() == errc::timed_out);
  CHECK(std::string(e.what()) == "DEV did not answer within 5s");
  CHECK(dynamic_cast<const response_exception*>(static_cast<const std::exception*>(&e)) == nullptr);
}
