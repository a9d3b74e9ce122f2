#include <doctest/doctest.h>
#include <mqcoap/protocol/codec.hpp>
#include <session/replay_plan.hpp>
#include <sstream>
#include <words/failure.hpp>

#include "exchange_samples.hpp"

using namespace mqcoap;
using namespace mqcoap::cli;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

recorded_message request_at(std::chrono::microseconds t, const std::string& id = id_1,
                            const std::string& verb = "GET") {
  return {t, {}, request_topic(id), request_payload(id, verb)};
}
recorded_message answered(std::chrono::microseconds t, const std::string& id = id_1, int code = 205) {
  return {t, {}, response_topic(id), response_payload(id, code)};
}

}  // namespace

TEST_CASE("a plan has the requests with their spacing and the codes of their first answers") {
  const auto plan = make_plan(
      {request_at(100ms), request_at(130ms, id_2), answered(140ms, id_2, 404), answered(150ms, id_2, 205)},
      {});
  REQUIRE(plan.requests.size() == 2);
  CHECK(plan.requests[0].at == 0us);
  CHECK_FALSE(plan.requests[0].code.has_value());
  CHECK(plan.requests[1].at == 30ms);
  CHECK(plan.requests[1].code == 404);
  CHECK(plan.requests[1].tag.text() == "DEV_1");
  CHECK(plan.requests[1].subsystem.text() == "axuv");
}

TEST_CASE("writes are left out unless requested") {
  const std::vector<recorded_message> messages{request_at(0ms, id_1, "PUT"), request_at(1ms, id_2),
                                               answered(2ms)};
  const auto careful = make_plan(messages, {});
  CHECK(careful.requests.size() == 1);
  CHECK(careful.writes_left_out == 1);
  const auto bold = make_plan(messages, {.same_ids = false, .writes = true});
  CHECK(bold.requests.size() == 2);
  CHECK(bold.requests[0].code == 205);
}

TEST_CASE("a malformed request can only be sent unchanged, and counts as a write") {
  const std::vector<recorded_message> messages{{0us, {}, request_topic(), "{"}};
  CHECK(make_plan(messages, {.same_ids = false, .writes = true}).broken_left_out == 1);
  CHECK(make_plan(messages, {.same_ids = true, .writes = false}).writes_left_out == 1);
  const auto plan = make_plan(messages, {.same_ids = true, .writes = true});
  REQUIRE(plan.requests.size() == 1);
  CHECK(payload_of(plan.requests[0], plan.requests[0].id, {}, true) == "{");
}

TEST_CASE("a request that was sent twice is sent once, and other topics do not count") {
  const auto plan =
      make_plan({request_at(0ms), request_at(5ms), {6ms, {}, "gf_int_v1/axuv/event/DEV_1/x", "{}"}}, {});
  CHECK(plan.requests.size() == 1);
  CHECK(plan.repeats_left_out == 1);
}

TEST_CASE("a request goes out under a fresh id and with the present time, or byte for byte") {
  const auto plan = make_plan({request_at(0ms)}, {});
  const auto id = *request_id::parse(id_2);
  const auto sent = decode_request(payload_of(plan.requests.at(0), id, {42}, false), id_2, {});
  REQUIRE(sent.has_value());
  CHECK(sent->path.text() == "gains");
  CHECK(sent->source == "desk-7");
  CHECK(sent->sent_at == unix_millis{42});
  CHECK(payload_of(plan.requests[0], id, {42}, true) == request_payload());
}

TEST_CASE("a recording is read line by line, and a wrong line is named") {
  std::istringstream good(to_line(request_at(0ms)) + "\n\n" + to_line(answered(1ms)) + "\n");
  CHECK(read_recording(good, "a.jsonl").messages.size() == 2);
  std::istringstream bad(to_line(request_at(0ms)) + "\nnonsense\n");
  CHECK_THROWS_WITH_AS(read_recording(bad, "a.jsonl"), doctest::Contains("a.jsonl:2:"), failure);
}

TEST_CASE("an incomplete last line is skipped; any other invalid line is an error") {
  const auto line = to_line(request_at(0ms));
  std::istringstream cut(line + '\n' + line.substr(0, 40));
  const auto read = read_recording(cut, "a.jsonl");
  CHECK(read.messages.size() == 1);
  CHECK(read.cut_short);
  std::istringstream whole(line + '\n' + line);
  CHECK(read_recording(whole, "a.jsonl").messages.size() == 2);
  std::istringstream ended(line + '\n' + line.substr(0, 40) + '\n');
  CHECK_THROWS_AS(read_recording(ended, "a.jsonl"), failure);
  std::istringstream other(line + "\nnonsense");
  CHECK_THROWS_AS(read_recording(other, "a.jsonl"), failure);
}

TEST_CASE("a plan has the bodies of the first answers") {
  const auto plan = make_plan({request_at(0ms), answered(1ms)}, {});
  CHECK(plan.requests.at(0).body.text() == R"("words")");
}
