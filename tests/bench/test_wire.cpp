#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>

#include "wire.hpp"

using namespace bench;

namespace {

const std::string id = "16fd2706-8baf-433b-82eb-8c7fada847da";
const target requested{"2D_XX_0_9999", "axuv", "gains"};

std::string answer(const std::string& code, const std::string& body = "[0,1]") {
  return R"({"header":{"response_code":)" + code + R"(,"path":"gains","request_id":")" + id +
         R"(","correlation_id":null,"source":"2D_XX_0_9999"},"body":)" + body +
         R"(,"timestamp":"1795376802530"})";
}

}  // namespace

TEST_CASE("a body of a wanted size is JSON of exactly that size") {
  for (std::size_t n = 1; n < 200; ++n) {
    const auto text = json_of_size(n);
    CHECK(text.size() == n);
    CHECK_NOTHROW(boost::json::parse(text));
  }
  CHECK(json_of_size(1'000'000).size() == 1'000'000);
}

TEST_CASE("the code is found in both forms of a header, before and after a large body") {
  CHECK(response_code_in(answer("205")) == 205);
  CHECK(response_code_in(R"({"body": 1, "header": {"response_code": 404}})") == 404);
  CHECK(response_code_in(R"({"body":")" + std::string(5000, 'x') + R"(","header":{"response_code":503}})") ==
        503);
  CHECK(response_code_in(R"({"body":")" + std::string(5000, 'x') +
                         R"(","header":{"response_code":503},"pad":")" + std::string(5000, 'y') + "\"}") ==
        503);
  CHECK_FALSE(response_code_in(R"({"header":{"path":"gains"}})"));
  CHECK_FALSE(response_code_in(R"({"header":{"response_code":)"));
  CHECK_FALSE(response_code_in(R"({"header":{"response_code":"205"}})"));
}

TEST_CASE("an answer is distinguished from one with another id") {
  CHECK(names_id(answer("205"), id));
  CHECK_FALSE(names_id(answer("205"), "26fd2706-8baf-433b-82eb-8c7fada847da"));
}

TEST_CASE("the full check finds what is wrong with an answer") {
  CHECK(fault_of(answer("205"), requested, id, 205).empty());
  CHECK_FALSE(fault_of(answer("404"), requested, id, 205).empty());
  CHECK_FALSE(fault_of(answer("205", "[0,"), requested, id, 205).empty());
  CHECK_FALSE(fault_of("[]", requested, id, 205).empty());
  CHECK_FALSE(fault_of(R"({"header":null,"body":null,"timestamp":"1"})", requested, id, 205).empty());
  CHECK_FALSE(fault_of(answer("205"), requested, "another", 205).empty());
  CHECK_FALSE(fault_of(answer("205"), {"2D_XX_0_9999", "axuv", "offsets"}, id, 205).empty());
}

TEST_CASE("targets and topics are split at slashes") {
  const auto t = parse_target("tag/axuv/supply/voltage");
  REQUIRE(t);
  CHECK(t->tag == "tag");
  CHECK(t->subsystem == "axuv");
  CHECK(t->path == "supply/voltage");
  CHECK_FALSE(parse_target("tag/axuv"));
  CHECK_FALSE(parse_target("tag//path"));

  const auto topic = "ns/axuv/response/tag/" + id;
  const auto p = parse_topic(topic);
  REQUIRE(p);
  CHECK(p->ns == "ns");
  CHECK(p->kind == "response");
  CHECK(p->tag == "tag");
  CHECK(p->id == id);
  CHECK_FALSE(parse_topic("ns/axuv/response/tag"));
  CHECK_FALSE(parse_topic("ns/axuv/response/tag/id/more"));
}
