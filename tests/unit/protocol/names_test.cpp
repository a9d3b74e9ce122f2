#include <support/result_printer.hpp>

#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/protocol/response_code.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <set>
#include <string>

using namespace mqcoap;

TEST_CASE("a topic is split into its five levels, and its response topic has the same levels") {
  const auto t = exchange_topic::parse("gf_int_v1/axuv/request/2D_XX_0_9999/abc-1");
  REQUIRE(t);
  CHECK(t->which() == exchange_topic::kind::request);
  CHECK(t->ns() == "gf_int_v1");
  CHECK(t->subsystem() == "axuv");
  CHECK(t->tag() == "2D_XX_0_9999");
  CHECK(t->id() == "abc-1");
  CHECK(t->response_topic() == "gf_int_v1/axuv/response/2D_XX_0_9999/abc-1");
}

TEST_CASE("a topic with another number of levels, a wildcard or another kind is rejected") {
  const std::string too_long(65, 'x');
  for (const std::string& text :
       {std::string("gf_int_v1/axuv/request/TAG"), std::string("gf_int_v1/axuv/request/TAG/id/more"),
        std::string(""), std::string("////"), std::string("ns/sub/event/TAG/id"),
        std::string("ns/+/request/TAG/id"), std::string("ns/sub/request/#/id"),
        std::string("$SYS/sub/request/TAG/id"), std::string("ns/sub/request/T G/id"),
        "ns/sub/request/" + too_long + "/id", std::string("ns/sub/request/TAG/"),
        std::string("/ns/sub/request/TAG"), std::string("ns/sub/REQUEST/TAG/id"),
        std::string("ns/s\0b/request/TAG/id", 21)}) {
    CAPTURE(text);
    CHECK_FALSE(exchange_topic::parse(text));
  }
}

TEST_CASE("names are 1 to 64 of their characters") {
  CHECK(device_tag::parse("2D_XX_0_9999"));
  CHECK(device_tag::parse(std::string(64, 'a')));
  CHECK(device_tag::parse("").error() == errc::invalid_name);
  CHECK_FALSE(device_tag::parse(std::string(65, 'a')));
  CHECK_FALSE(device_tag::parse("$share"));
  CHECK_FALSE(device_tag::parse("a/b"));
  CHECK_FALSE(device_tag::parse("\xc3\xa4"));
}

TEST_CASE("a request id is the same in every spelling and keeps its own") {
  const auto a = request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847da");
  const auto b = request_id::parse("16FD27068BAF433B82EB8C7FADA847DA");
  REQUIRE(a);
  REQUIRE(b);
  CHECK(*a == *b);
  CHECK(b->text() == "16FD27068BAF433B82EB8C7FADA847DA");
  CHECK_FALSE(request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847d"));
  CHECK_FALSE(request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847dg"));
  CHECK_FALSE(request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847-a"));
  CHECK(request_id::parse("16fd2706-8baf-433b-82eb8c7fada847d-a"));  // hyphens are allowed at any position
  CHECK_FALSE(request_id::parse("batch-1"));
  CHECK(request_id::parse("batch-1", validation::lenient));
  CHECK_FALSE(request_id::parse("---", validation::lenient));
  CHECK_FALSE(request_id::parse("a b", validation::lenient));
}

TEST_CASE("every spelling of a request id has one hash, and different ids have different ones") {
  const auto hash = [](std::string_view text) {
    const auto id = request_id::parse(text, validation::lenient);
    REQUIRE(id);
    return id->hash();
  };
  const auto usual = hash("16fd2706-8baf-433b-82eb-8c7fada847da");
  for (const auto* other : {"16FD2706-8BAF-433B-82EB-8C7FADA847DA", "16fd27068baf433b82eb8c7fada847da",
                            "16FD27068BAF433B82EB8C7FADA847DA", "16fd2706-8baf-433b-82eb8c7fada847d-a",
                            "-16fd-27068baf-433b82eb8c7fada847dA-"})
    CHECK(hash(other) == usual);
  CHECK(hash("Batch-1") == hash("batch1"));
  CHECK(hash("batch1-") == hash("batch1"));  // the hyphens at the end are not hashed either

  std::set<std::uint64_t> seen{usual};
  std::set<std::uint64_t> seen_low;
  for (std::size_t size = 1; size <= 64; ++size) CHECK(seen.insert(hash(std::string(size, 'a'))).second);
  constexpr std::size_t counted = 4096;
  for (std::size_t i = 0; i < counted; ++i) {
    const auto one = hash("16fd2706-8baf-433b-82eb-" + std::to_string(100000000000 + i));
    CHECK(seen.insert(one).second);
    seen_low.insert(one % counted);
  }
  CHECK(seen_low.size() > counted / 2);  // sequential ids fill a table as evenly as random ones
}

TEST_CASE("generated ids are version-4 UUIDs and differ") {
  request_id_generator generator;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto id = generator.next();
    const auto text = id.text();
    REQUIRE(request_id::parse(text));
    CHECK(text.size() == 36);
    CHECK(text[14] == '4');
    CHECK(std::string("89ab").find(text[19]) != std::string::npos);
    seen.insert(std::string(text));
  }
  CHECK(seen.size() == 1000);
}

TEST_CASE("a path keeps its spelling, and one leading slash does not count") {
  const auto path = resource_path::parse("/resources/0");
  REQUIRE(path);
  CHECK(path->text() == "/resources/0");
  CHECK(path->key() == "resources/0");
  CHECK(*path == *resource_path::parse("resources/0"));
  for (const char* bad : {"", "/", "//a", "a/", "a//b", ".", "a/./b", "../x", "a/..", "a\nb", "a\x7f"}) {
    CAPTURE(bad);
    CHECK_FALSE(resource_path::parse(bad));
  }
  CHECK(resource_path::parse("temp\xc3\xa9rature"));
  for (const char* bad : {"a\xff"
                          "b",
                          "\xc3", "a/\xed\xa0\x80"})
    CHECK(resource_path::parse(bad).error() == errc::invalid_path);  // not UTF-8
  CHECK(resource_path::parse(std::string(255, 'p')));
  CHECK(resource_path::parse(std::string(256, 'p')).error() == errc::too_large);
  CHECK(resource_path::parse(".well-known/core"));
}

TEST_CASE("an address is a tag, a subsystem and a path") {
  const auto to = address::parse("2D_XX_0_9999/axuv/resources/0");
  REQUIRE(to);
  CHECK(to->tag.text() == "2D_XX_0_9999");
  CHECK(to->subsystem.text() == "axuv");
  CHECK(to->path.text() == "resources/0");
  CHECK(to->to_string() == "2D_XX_0_9999/axuv/resources/0");
  CHECK(address::parse("/T/s/p"));
  for (const char* bad : {"", "T", "T/s", "T/s/", "//s/p", "T//p", "+/s/p", "T/s/../p"}) {
    CAPTURE(bad);
    CHECK(address::parse(bad).error() == errc::invalid_address);
  }
}

TEST_CASE("methods are read in any case and written in upper case") {
  CHECK(parse_method("delete") == method::del);
  CHECK(parse_method("PuT") == method::put);
  CHECK_FALSE(parse_method("PATCH"));
  CHECK(to_string(method_set{method::put, method::get}) == "GET, PUT");
}

TEST_CASE("there are 21 codes; others from a device are folded into them") {
  CHECK(all_response_codes.size() == 21);
  CHECK(to_response_code(205) == response_code::content);
  CHECK_FALSE(to_response_code(299));
  CHECK(fold_foreign_code(299) == response_code::content);
  CHECK(fold_foreign_code(418) == response_code::bad_request);
  CHECK(fold_foreign_code(508) == response_code::internal_server_error);
  CHECK(fold_foreign_code(404) == response_code::not_found);
  CHECK_FALSE(fold_foreign_code(302));
  CHECK_FALSE(fold_foreign_code(-1));
  boost::system::error_code ok = response_code::content, bad = response_code::gateway_timeout;
  CHECK_FALSE(ok.failed());
  CHECK(bad.failed());
  CHECK(bad.message() == "504 GATEWAY_TIMEOUT");
}
