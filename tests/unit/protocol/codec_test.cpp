#include <support/result_printer.hpp>

#include <boost/json.hpp>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <random>
#include <string>

using namespace mqcoap;
namespace json = boost::json;

namespace {

const std::string id = "16fd2706-8baf-433b-82eb-8c7fada847da";

std::string request_with(const std::string& header, const std::string& rest = ",\"timestamp\":\"1\"") {
  return "{\"header\":{\"method\":\"GET\",\"path\":\"gains\",\"request_id\":\"" + id + "\"" + header + "}" +
         rest + "}";
}

decode_fault fault_of(const std::string& payload, decode_rules rules = {}) {
  const auto r = decode_request(payload, id, rules);
  REQUIRE_FALSE(r);
  return r.error();
}

request good(const std::string& payload) {
  auto r = decode_request(payload, id, {});
  if (!r) FAIL(r.error().message);
  return *r;
}

}  // namespace

TEST_CASE("requests of deployed Python clients are decoded") {
  const auto r = good(
      "{\"timestamp\":1795376802522,\"body\":null,\"header\":{\"request_id\":\"16fd2706-8baf-433b-82eb-"
      "8c7fada847da\","
      "\"path\":\"gains\",\"correlation_id\":null,\"source\":\"desk-7\",\"token\":null,\"method\":\"GET\"}}");
  CHECK(r.verb == method::get);
  CHECK(r.path.text() == "gains");
  CHECK(r.source == "desk-7");
  CHECK_FALSE(r.token);
  CHECK_FALSE(r.correlation_id);
  CHECK(r.body.is_null());
  CHECK(r.sent_at == unix_millis{1795376802522});
}

TEST_CASE("an answer is written exactly as specified") {
  auto r = good(request_with(",\"correlation_id\":\"A0EEBC999C0B4EF8BB6D6BB9BD380A11\""));
  answer a;
  a.body = *json_text::parse("[0,1,18446744073709551615]");
  std::string out;
  encode_answer(out, a, r, "2D_XX_0_9999", {1795376802530});
  CHECK(out ==
        "{\"header\":{\"response_code\":205,\"path\":\"gains\",\"request_id\":\"16fd2706-8baf-433b-82eb-"
        "8c7fada847da\","
        "\"correlation_id\":\"A0EEBC999C0B4EF8BB6D6BB9BD380A11\",\"source\":\"2D_XX_0_9999\"},"
        "\"body\":[0,1,18446744073709551615],\"timestamp\":\"1795376802530\"}");
}

TEST_CASE("a request is written in full or for small buffers, and read back") {
  auto r = good(request_with(",\"timeout_ms\":900,\"hops\":3,\"shiny\":[true]"));
  std::string full, compact;
  encode(full, r);
  encode(compact, r, wire_format::compact);
  CHECK(full ==
        "{\"header\":{\"method\":\"GET\",\"path\":\"gains\",\"request_id\":\"16fd2706-8baf-433b-82eb-"
        "8c7fada847da\","
        "\"correlation_id\":null,\"timeout_ms\":900,\"hops\":3,\"shiny\":[true]},\"body\":null,\"timestamp\":"
        "\"1\"}");
  CHECK(compact.find("null") == std::string::npos);
  CHECK(compact.find("\"method\":1") != std::string::npos);
  CHECK(good(compact).options->hops == 3);
}

TEST_CASE("a malformed option causes 402, an unknown method 405, other errors 400") {
  CHECK(fault_of(request_with(",\"timeout_ms\":\"soon\"")).code == response_code::bad_option);
  CHECK(fault_of(request_with(",\"timeout_ms\":0")).field == "timeout_ms");
  CHECK(fault_of(request_with(",\"hops\":256")).code == response_code::bad_option);
  CHECK(fault_of(request_with(",\"proxy_uri\":\"only/two\"")).code == response_code::bad_option);
  CHECK(fault_of(request_with(",\"proxy_uri\":7")).code == response_code::bad_option);
  CHECK(fault_of(request_with(",\"accept\":1")).code == response_code::bad_option);
  CHECK(fault_of(request_with(",\"critical\":[\"observe\"]")).message.find("observe") != std::string::npos);
  CHECK(fault_of(request_with(",\"critical\":\"hops\"")).code == response_code::bad_option);
  CHECK(good(request_with(",\"critical\":[\"hops\",\"accept\"]")).options->critical ==
        "[\"hops\",\"accept\"]");
  CHECK(good(request_with(",\"timeout_ms\":null")).options->timeout == std::nullopt);
  CHECK(good(request_with(",\"if_none_match\":true")).options->create_only);

  std::string patch = request_with("");
  patch.replace(patch.find("GET"), 3, "PATCH");
  CHECK(fault_of(patch).code == response_code::method_not_allowed);
  CHECK(fault_of(patch).message.find("PATCH") != std::string::npos);
  CHECK(fault_of(request_with(",\"source\":5")).code == response_code::bad_request);
  CHECK(fault_of(request_with(",\"token\":\"a\\u0000b\"")).field == "token");
}

TEST_CASE("a fault contains what is needed to answer it") {
  std::string unreadable;
  encode_fault(unreadable, fault_of("garbage"), id, "TAG", {5});
  const auto readable = decode(unreadable, {});
  REQUIRE(readable);
  CHECK(std::get<response>(*readable).code == response_code::bad_request);
  CHECK(std::get<response>(*readable).path.text() == "unknown");

  std::string echoed;
  encode_fault(echoed, fault_of(request_with(",\"hops\":-1,\"correlation_id\":\"" + id + "\"")), id, "TAG",
               {5});
  const auto whole = decode_response(echoed, {});
  REQUIRE(whole);
  CHECK(whole->path.text() == "gains");
  REQUIRE(whole->correlation_id);
  CHECK(whole->correlation_id->text() == id);
}

TEST_CASE("the answer to a fault contains nothing that our own decoder rejects") {
  const std::string rest = ",\"request_id\":\"" + id + "\"},\"timestamp\":\"1\"}";
  for (const std::string path : {"\"a//b\"", "\"..\"", "\"\"", "\"/\"", "\"a\\u0000\"", "\"a\\n\"", "7",
                                 "null", "[]", "\"\\u002e\\u002e/x\""})
    for (const std::string correlation :
         {"\"\"", "\"short\"", "\"16fd2706-8baf-433b-82eb-8c7fada847dg\"", "5", "{}", "\"a/b\""}) {
      CAPTURE(path);
      CAPTURE(correlation);
      const auto fault = fault_of("{\"header\":{\"method\":\"GET\",\"path\":" + path +
                                  ",\"correlation_id\":" + correlation + rest);
      std::string out;
      encode_fault(out, fault, id, "TAG", {5});
      const auto answered = decode_response(out, {});
      REQUIRE(answered);
      CHECK(answered->path.text() == "unknown");
      CHECK_FALSE(answered->correlation_id);
    }
  decode_rules lenient;
  lenient.ids = validation::lenient;
  const auto fault = fault_of(request_with(",\"hops\":-1,\"correlation_id\":\"short\""), lenient);
  CHECK(fault.correlation_id == "\"short\"");  // with lenient validation, such an id is echoed
}

TEST_CASE("messages quote only a short part of a payload, and nothing that controls a terminal") {
  const std::string long_name(10'000, 'x');
  for (const auto& payload : {request_with(",\"critical\":[\"" + long_name + "\"]"),
                              request_with(",\"critical\":[\"\\u001b[2J\\u202e\"]"),
                              request_with("", ",\"" + long_name + "\":1e999,\"timestamp\":\"1\""),
                              request_with("", ",\"\\u001b[2J\":1e999,\"timestamp\":\"1\""),
                              "{\"header\":{\"method\":\"" + long_name + "\",\"path\":\"gains\"}}",
                              std::string("{\"header\":{\"method\":\"\u202e\u009b\",\"path\":\"gains\"}}")}) {
    const auto fault = fault_of(payload);
    CHECK(fault.message.size() < 200);
    CHECK(fault.field.size() < 60);
    CHECK(safe_text(fault.message) == fault.message);
  }
}

TEST_CASE("a number that is not finite is found in its field, and the path is known all the same") {
  const auto fault = fault_of(request_with("", ",\"body\":{\"a\":[1,1e999]},\"timestamp\":\"1\""));
  CHECK(fault.field == "body");
  CHECK(fault.path == "\"gains\"");
}

TEST_CASE("a payload over the limit causes 413 and still identifies whom to answer") {
  decode_rules rules;
  rules.limits.payload = 300;
  const auto fault =
      fault_of(request_with("", ",\"body\":\"" + std::string(300, 'x') + "\",\"timestamp\":\"1\""), rules);
  CHECK(fault.code == response_code::request_entity_too_large);
  CHECK(fault.path == "\"gains\"");
  CHECK(fault_of(std::string(301, 'x'), rules).code == response_code::request_entity_too_large);
}

TEST_CASE("escaped keys are the same keys") {
  CHECK(good(request_with(",\"sour\\u0063e\":\"desk\"")).source == "desk");
  CHECK(fault_of(request_with(",\"p\\u0061th\":\"gains\"")).field == "path");
  CHECK(fault_of(request_with("", ",\"body\":1,\"b\\u006fdy\":2,\"timestamp\":\"1\"")).field == "body");
}

TEST_CASE("foreign codes are folded only on request") {
  const std::string payload = "{\"header\":{\"response_code\":299,\"path\":\"gains\",\"request_id\":\"" + id +
                              "\",\"max_age\":\"soon\"},\"timestamp\":\"1\"}";
  CHECK_FALSE(decode_response(payload, {}));
  decode_rules foreign;
  foreign.codes = code_rules::foreign;
  const auto r = decode_response(payload, foreign);
  REQUIRE(r);
  CHECK(r->code == response_code::content);
}

TEST_CASE("options of a response that are malformed are passed on as they came") {
  for (const std::string given : {"\"soon\"", "-1", "1.5", "4294967296", "[60]", "true"}) {
    const auto r = decode_response("{\"header\":{\"response_code\":205,\"path\":\"gains\",\"request_id\":\"" +
                                       id + "\",\"max_age\":" + given + ",\"etag\":7},\"timestamp\":\"1\"}",
                                   {});
    REQUIRE(r);
    CHECK_FALSE(r->options.max_age);
    std::string out;
    encode_answer(out, *r, good(request_with("")), "TAG", {1});
    CAPTURE(out);
    CHECK(out.find("\"max_age\":" + given) != std::string::npos);
    CHECK(out.find("\"etag\":7") != std::string::npos);
  }
  const auto r = decode_response("{\"header\":{\"response_code\":205,\"path\":\"gains\",\"request_id\":\"" +
                                     id + "\",\"max_age\":4294967295},\"timestamp\":\"1\"}",
                                 {});
  REQUIRE(r);
  CHECK(r->options.max_age == 4294967295U);
  CHECK(r->unknown.empty());
}

TEST_CASE("any bytes result in a message or a fault") {
  std::mt19937 random(11);
  const std::string seed =
      request_with(",\"correlation_id\":null,\"hops\":3,\"if_none_match\":true,\"critical\":[\"hops\"]",
                   ",\"body\":{\"a\":[1,2.5,\"\\u00e4\"]},\"timestamp\":\"1745534869619\"");
  for (int round = 0; round < 100'000; ++round) {
    std::string payload = seed;
    for (unsigned n = random() % 4; n > 0; --n) {
      const auto at = random() % payload.size();
      switch (random() % 3) {
        case 0: payload[at] = static_cast<char>(random()); break;
        case 1: payload.erase(at, 1 + random() % 8); break;
        default: payload.insert(at, seed, random() % seed.size(), random() % 20);
      }
      if (payload.empty()) payload = "{";
    }
    const auto r = decode_request(payload, id, {});
    std::string out;
    if (!r) {
      encode_fault(out, r.error(), id, "TAG", {1});
      REQUIRE_FALSE(r.error().message.empty());
    } else {
      encode(out, *r);
      REQUIRE(decode_request(out, id, {}));
      out.clear();
      encode_answer(out, {}, *r, "TAG", {1});
    }
    REQUIRE_FALSE(validate_json(out, 40));
  }
}

TEST_CASE("a message with a method is not a response, whatever else it has") {
  const std::string fields = ",\"path\":\"gains\",\"request_id\":\"" + id + "\"},\"timestamp\":\"1\"}";
  REQUIRE(decode_response("{\"header\":{\"response_code\":205" + fields, {}));
  for (const std::string verb : {"\"GET\"", "1", "\"PATCH\""}) {
    CAPTURE(verb);
    const auto r = decode_response("{\"header\":{\"response_code\":205,\"method\":" + verb + fields, {});
    REQUIRE_FALSE(r);
    CHECK(r.error().field == "method");
  }
  CHECK(decode_response("{\"header\":{\"response_code\":205,\"method\":null" + fields, {}));
}

TEST_CASE("requests and answers that are no JSON are refused with these words") {
  const auto request = decode_request(R"({"header": {"method": "PUT"}, "body": NaN})", "x", {});
  REQUIRE_FALSE(request);
  CHECK(request.error().code == response_code::bad_request);
  CHECK(
      request.error().message ==
      R"(the payload is not valid JSON: NaN is not a JSON value (at byte 38: ...": {"method": "PUT"}, "body": )"
      R"(-->NaN}); JSON has no NaN and no Infinity: use null)");
  const auto answer = decode_response("{'header': {}}", {});
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message.find("a key in single quotes (at byte 1") != std::string::npos);
}
