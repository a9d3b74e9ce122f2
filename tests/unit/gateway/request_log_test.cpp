#include <spdlog/spdlog.h>
#include <support/result_printer.hpp>

#include <mqcoap/gateway/request_log.hpp>
#include <string>
#include <vector>

#include "../transport/log_catcher.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;

namespace {

constexpr char id[] = "0123456789abcdef0123456789abcdef";
constexpr char other_id[] = "fedcba9876543210fedcba9876543210";

call call_with(const std::string& header, steady_time received = {}) {
  const std::string payload = std::string(R"({"header":{"method":"GET","request_id":")") + id + "\"," +
                              header + R"(},"body":null,"timestamp":"1"})";
  auto decoded = decode_request(payload, id, {});
  REQUIRE(decoded);
  return {*exchange_topic::parse(std::string("gf_int_v1/axuv/request/GW_1/") + id), *std::move(decoded),
          received};
}

answer content(std::string text) {
  answer a;
  a.code = response_code::content;
  a.body = json_text::from_string(text);
  return a;
}

struct request_log_fixture {
  test::log_catcher caught;
  manual_clock time;
  std::vector<request_record> records;
  request_log tested{8, [this](const request_record& r) { records.push_back(r); }};
};

}  // namespace

TEST_CASE_FIXTURE(request_log_fixture, "an answer's record names the caller, the request and its outcome") {
  const auto c = call_with(std::string(R"("path":"supply/voltage","source":"desk-1","correlation_id":")") +
                               other_id + R"(","traceparent":"00-aa-bb-01","token":"s3cret")",
                           time.now());
  time.advance(1500us);
  tested.answer(c, content("pong"), time);
  REQUIRE(records.size() == 1);
  const auto& r = records.front();
  CHECK(r.request_id == id);
  CHECK(r.source == "desk-1");
  CHECK(r.method == "GET");
  CHECK(r.device == "GW_1");
  CHECK(r.subsystem == "axuv");
  CHECK(r.path == "supply/voltage");
  CHECK(r.code == 205);
  CHECK(r.took == 1500us);
  CHECK(r.correlation_id == other_id);
  CHECK(r.traceparent == "00-aa-bb-01");
  CHECK(r.message == "\"pong\"");
  CHECK(to_line(r) == std::string(id) +
                          " from=desk-1 GET GW_1/axuv/supply/voltage -> 205 1.5 ms "
                          "trace=00-aa-bb-01 \"pong\"");
  CHECK(caught.count(id) == 0);
}

TEST_CASE_FIXTURE(request_log_fixture,
                  "text from a peer is stored in a record without control characters, and truncated") {
  const auto c = call_with(R"("path":"gains","source":"desk\u001b)" + std::string(100, 'x') + '"');
  tested.answer(c, content("0123456789"), time);
  REQUIRE(records.size() == 1);
  CHECK(records.front().source == "desk?" + std::string(59, 'x') + "...");
  CHECK(records.front().message == "\"0123456...");
}

TEST_CASE_FIXTURE(request_log_fixture,
                  "a request that could not be read has a record of what is known of it") {
  tested.fault(*exchange_topic::parse(std::string("gf_int_v1/axuv/request/GW_1/") + id),
               {response_code::bad_request, "body", "body is missing\n", {}, {}});
  REQUIRE(records.size() == 1);
  CHECK(records.front().method.empty());
  CHECK_FALSE(records.front().took);
  CHECK(to_line(records.front()) == std::string(id) + " GW_1/axuv -> 400 body is missing?");
}

TEST_CASE_FIXTURE(request_log_fixture, "without a sink the records are lines of the log, at debug") {
  const request_log lines(0, {});
  lines.answer(call_with(R"("path":"gains")"), content("secret enough"), time);
  CHECK(caught.count(std::string("debug: ") + id + " from=- GET GW_1/axuv/gains -> 205 ") == 1);
  CHECK(caught.count("enough") == 0);
}

TEST_CASE_FIXTURE(request_log_fixture, "above debug nothing is recorded") {
  spdlog::set_level(spdlog::level::info);
  tested.answer(call_with(R"("path":"gains")"), content("x"), time);
  CHECK(records.empty());
}
