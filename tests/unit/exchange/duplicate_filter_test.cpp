#include <support/result_printer.hpp>

#include <mqcoap/exchange/duplicate_filter.hpp>
#include <string>

using namespace mqcoap;
using namespace std::chrono_literals;
using verdict = duplicate_filter::verdict;

namespace {

steady_time at(std::chrono::seconds since_start) { return steady_time{} + since_start; }

request make(method verb, std::string_view body = "1", std::string_view path = "shots") {
  return {verb,
          *resource_path::parse(path),
          *request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847da"),
          {},
          {},
          {},
          *json_text::parse(body),
          {},
          {},
          {}};
}

answer created(std::string location) {
  answer a;
  a.code = response_code::created;
  a.location = std::move(location);
  return a;
}

}  // namespace

TEST_CASE("the key is the same for every spelling of an id and differs by tag and subsystem") {
  const auto id = *request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847da");
  const auto other = *request_id::parse("16FD27068BAF433B82EB8C7FADA847DA");
  CHECK(duplicate_filter::key_of("axuv", "T", id) == duplicate_filter::key_of("axuv", "T", other));
  CHECK(duplicate_filter::key_of("axuv", "T", id) != duplicate_filter::key_of("axuv", "U", id));
  CHECK(duplicate_filter::key_of("axuv", "T", id) != duplicate_filter::key_of("hv", "T", id));
}

TEST_CASE("a POST that comes again while the first runs joins it, and later gets its answer") {
  duplicate_filter filter;
  const auto post = make(method::post);
  CHECK(filter.check("k", post, at(0s)).what == verdict::fresh);
  CHECK(filter.check("k", post, at(1s)).what == verdict::running);
  filter.finish("k", created("shots/0"));
  const auto again = filter.check("k", post, at(2s));
  CHECK(again.what == verdict::answered);
  REQUIRE(again.first != nullptr);
  CHECK(again.first->location == "shots/0");
}

TEST_CASE("the same id with another method, path or body is a conflict") {
  duplicate_filter filter;
  filter.check("k", make(method::post), at(0s));
  CHECK(filter.check("k", make(method::put), at(1s)).what == verdict::conflict);
  CHECK(filter.check("k", make(method::post, "2"), at(1s)).what == verdict::conflict);
  CHECK(filter.check("k", make(method::post, "1", "other"), at(1s)).what == verdict::conflict);
  CHECK(filter.check("k", make(method::post, "1", "/shots"), at(1s)).what == verdict::running);
}

TEST_CASE("after the window a request is new again") {
  duplicate_filter filter;
  filter.check("k", make(method::post), at(0s));
  filter.finish("k", created("shots/0"));
  CHECK(filter.check("k", make(method::post), at(299s)).what == verdict::answered);
  CHECK(filter.check("k", make(method::post), at(300s)).what == verdict::fresh);
  CHECK(filter.size() == 1);
}

TEST_CASE("a full window refuses new POSTs and forgets no guard") {
  duplicate_filter filter({.window = 300s, .entries = 4, .answer_bytes = 1000});
  for (int i = 0; i < 4; ++i)
    CHECK(filter.check(std::to_string(i), make(method::post), at(0s)).what == verdict::fresh);
  CHECK(filter.check("new", make(method::post), at(1s)).what == verdict::full);
  CHECK(filter.check("0", make(method::post), at(1s)).what == verdict::running);
  CHECK(filter.check("new", make(method::post), at(301s)).what == verdict::fresh);
}

TEST_CASE("PUT and DELETE leave the last quarter of the window to POSTs") {
  duplicate_filter filter({.window = 300s, .entries = 4, .answer_bytes = 1000});
  for (int i = 0; i < 10; ++i)
    CHECK(filter.check(std::to_string(i), make(method::put), at(0s)).what == verdict::fresh);
  CHECK(filter.size() == 3);
  CHECK(filter.check("post", make(method::post), at(0s)).what == verdict::fresh);
}

TEST_CASE("remembered answers are bounded in bytes") {
  duplicate_filter filter({.window = 300s, .entries = 100, .answer_bytes = 50});
  filter.check("a", make(method::post), at(0s));
  answer large;
  large.body = json_text::from_string(std::string(60, 'x'));
  filter.finish("a", large);
  CHECK(filter.check("b", make(method::post), at(1s)).what == verdict::full);
  CHECK(filter.check("b", make(method::post), at(300s)).what == verdict::fresh);
}

TEST_CASE("finishing what was never guarded changes nothing") {
  duplicate_filter filter;
  filter.finish("k", created("shots/0"));
  CHECK(filter.size() == 0);
}

TEST_CASE("what was never run is fresh when it comes again, and is then guarded for the whole window") {
  duplicate_filter filter;
  const auto post = make(method::post);
  filter.check("k", post, at(0s));
  filter.forget("k");
  CHECK(filter.size() == 0);
  CHECK(filter.check("k", make(method::put, "2"), at(100s)).what == verdict::fresh);
  CHECK(filter.check("k", make(method::put, "2"), at(101s)).what == verdict::running);
  filter.finish("k", created("shots/0"));
  CHECK(filter.check("k", make(method::put, "2"), at(300s)).what == verdict::answered);
  CHECK(filter.check("k", make(method::put, "2"), at(399s)).what == verdict::answered);
  CHECK(filter.check("k", make(method::put, "2"), at(400s)).what == verdict::fresh);
}

TEST_CASE("what ran is not forgotten before its time") {
  duplicate_filter filter;
  filter.forget("k");
  filter.check("k", make(method::post), at(0s));
  filter.finish("k", created("shots/0"));
  filter.forget("k");
  CHECK(filter.check("k", make(method::post), at(1s)).what == verdict::answered);
}
