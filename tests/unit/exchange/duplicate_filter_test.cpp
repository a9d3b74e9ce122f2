#include <support/named_origin.hpp>
#include <support/result_printer.hpp>

#include <memory>
#include <mqcoap/exchange/duplicate_filter.hpp>
#include <string>

using namespace mqcoap;
using namespace std::chrono_literals;
using verdict = duplicate_filter::verdict;

namespace {

steady_time at(std::chrono::seconds since_start) { return steady_time{} + since_start; }

const std::string id_text = "16fd2706-8baf-433b-82eb-8c7fada847da";

/// @param spelling  of the id, used in the origin and in the header
call make(method verb, std::string_view body = "1", std::string_view path = "shots",
          std::string_view spelling = id_text) {
  const auto id = *request_id::parse(spelling);
  request requested{verb, *resource_path::parse(path), id, {}, {}, {}, *json_text::parse(body), {}, {}, {}};
  call made{{*device_tag::parse("T"), *subsystem_name::parse("axuv")}, std::move(requested), {}};
  made.origin = std::make_shared<test::named_origin>(std::string(spelling));
  return made;
}

call numbered(method verb, int n) {
  const auto digits = std::to_string(n);
  auto id = id_text;
  return make(verb, "1", "shots", id.replace(id.size() - digits.size(), digits.size(), digits));
}

answer never_run() {
  answer a;
  a.never_run = true;
  return a;
}

answer created(std::string location) {
  answer a;
  a.code = response_code::created;
  a.location = std::move(location);
  return a;
}

}  // namespace

TEST_CASE("a late answer replaces the 504, and nothing else") {
  duplicate_filter filter;
  const auto c = make(method::post);
  filter.amend(c, created("shots/0"));  // there was no request
  CHECK(filter.check(c, at(0s)).what == verdict::fresh);
  filter.amend(c, created("shots/0"));  // the request is running
  CHECK(filter.note(c, answer::error(response_code::gateway_timeout, "silent")).empty());
  CHECK(filter.check(c, at(1s)).first->code == response_code::gateway_timeout);
  filter.amend(c, created("shots/1"));
  const auto repeat = filter.check(c, at(2s));
  REQUIRE(repeat.what == verdict::answered);
  CHECK(repeat.first->location == "shots/1");
  filter.amend(c, created("shots/2"));
  CHECK(filter.check(c, at(3s)).first->location == "shots/1");
  CHECK(filter.check(c, at(301s)).what == verdict::fresh);  // the window begins with the request
}

TEST_CASE("a late answer replaces a 502, which a device behind a bridge may cause") {
  duplicate_filter filter;
  const auto c = make(method::post);
  filter.check(c, at(0s));
  CHECK(filter.note(c, answer::error(response_code::bad_gateway, "no device answers")).empty());
  filter.amend(c, created("shots/1"));
  CHECK(filter.check(c, at(1s)).first->location == "shots/1");
}

TEST_CASE("old entries are dropped even if no request arrives") {
  duplicate_filter filter;
  CHECK(filter.all_old_at() == steady_time::max());
  filter.check(numbered(method::post, 1), at(0s));
  filter.check(numbered(method::post, 2), at(10s));
  for (int n : {1, 2}) CHECK(filter.note(numbered(method::post, n), created("shots/1")).empty());
  CHECK(filter.all_old_at() == at(310s));
  filter.forget_old(at(300s));
  CHECK(filter.size() == 1);
  filter.forget_old(at(310s));
  CHECK(filter.size() == 0);
  CHECK(filter.all_old_at() == steady_time::max());
}

TEST_CASE("a late answer for which there is no room does not replace the 504") {
  duplicate_filter filter({.answer_bytes = 10});
  const auto c = make(method::put);
  filter.check(c, at(0s));
  CHECK(filter.note(c, answer::error(response_code::gateway_timeout, "")).empty());
  filter.amend(c, created("a location that is long"));
  CHECK(filter.check(c, at(1s)).first->code == response_code::gateway_timeout);
}

TEST_CASE("requests are the same by subsystem, tag and id") {
  duplicate_filter filter;
  const auto to = [](const char* subsystem, const char* tag) {
    auto c = make(method::post);
    c.target = {*device_tag::parse(tag), *subsystem_name::parse(subsystem)};
    return c;
  };
  CHECK(filter.check(to("axuv", "T"), at(0s)).what == verdict::fresh);
  CHECK(filter.check(to("axuv", "U"), at(0s)).what == verdict::fresh);
  CHECK(filter.check(to("hv", "T"), at(0s)).what == verdict::fresh);
  CHECK(filter.check(to("axuv", "T"), at(0s)).what == verdict::running);
  CHECK(filter.size() == 3);
}

TEST_CASE("the longest subsystem and tag are told apart as well, and forgotten") {
  duplicate_filter filter;
  const auto to = [](char last) {
    auto c = make(method::post);
    c.target = {*device_tag::parse(std::string(63, 'T') + last),
                *subsystem_name::parse(std::string(64, 's'))};
    return c;
  };
  CHECK(filter.check(to('1'), at(0s)).what == verdict::fresh);
  CHECK(filter.check(to('2'), at(0s)).what == verdict::fresh);
  CHECK(filter.check(to('1'), at(1s)).what == verdict::running);
  for (const char last : {'1', '2'}) CHECK(filter.note(to(last), created("shots/1")).empty());
  CHECK(filter.check(to('2'), at(2s)).what == verdict::answered);
  filter.forget_old(at(300s));
  CHECK(filter.size() == 0);
  CHECK(filter.check(to('2'), at(301s)).what == verdict::fresh);
}

TEST_CASE("a POST that is repeated while the first runs joins it, and later gets its answer") {
  duplicate_filter filter;
  const auto post = make(method::post);
  CHECK(filter.check(post, at(0s)).what == verdict::fresh);
  CHECK(filter.check(post, at(1s)).what == verdict::running);
  CHECK(filter.note(make(method::post), created("shots/0")).empty());
  const auto again = filter.check(post, at(2s));
  CHECK(again.what == verdict::answered);
  REQUIRE(again.first != nullptr);
  CHECK(again.first->location == "shots/0");
}

TEST_CASE("the same id with another method, path or body is a conflict") {
  duplicate_filter filter;
  filter.check(make(method::post), at(0s));
  CHECK(filter.check(make(method::put), at(1s)).what == verdict::conflict);
  CHECK(filter.check(make(method::post, "2"), at(1s)).what == verdict::conflict);
  CHECK(filter.check(make(method::post, "1", "other"), at(1s)).what == verdict::conflict);
  CHECK(filter.check(make(method::post, "1", "/shots"), at(1s)).what == verdict::running);
}

TEST_CASE("after the window a request is new again") {
  duplicate_filter filter;
  filter.check(make(method::post), at(0s));
  CHECK(filter.note(make(method::post), created("shots/0")).empty());
  CHECK(filter.check(make(method::post), at(299s)).what == verdict::answered);
  CHECK(filter.check(make(method::post), at(300s)).what == verdict::fresh);
  CHECK(filter.size() == 1);
}

TEST_CASE("a full window rejects new POSTs and drops no entry") {
  duplicate_filter filter({.window = 300s, .entries = 4, .answer_bytes = 1000});
  for (int i = 0; i < 4; ++i) CHECK(filter.check(numbered(method::post, i), at(0s)).what == verdict::fresh);
  CHECK(filter.check(numbered(method::post, 9), at(1s)).what == verdict::full);
  CHECK(filter.check(numbered(method::post, 0), at(1s)).what == verdict::running);
  for (int i = 0; i < 4; ++i) CHECK(filter.note(numbered(method::post, i), created("shots/1")).empty());
  CHECK(filter.check(numbered(method::post, 9), at(301s)).what == verdict::fresh);
}

TEST_CASE("PUT and DELETE leave the last quarter of the window to POSTs") {
  duplicate_filter filter({.window = 300s, .entries = 4, .answer_bytes = 1000});
  for (int i = 0; i < 10; ++i) CHECK(filter.check(numbered(method::put, i), at(0s)).what == verdict::fresh);
  CHECK(filter.size() == 3);
  CHECK(filter.check(numbered(method::post, 10), at(0s)).what == verdict::fresh);
}

TEST_CASE("remembered answers are bounded in bytes") {
  duplicate_filter filter({.window = 300s, .entries = 100, .answer_bytes = 50});
  filter.check(numbered(method::post, 1), at(0s));
  answer large;
  large.body = json_text::from_string(std::string(60, 'x'));
  CHECK(filter.note(numbered(method::post, 1), large).empty());
  CHECK(filter.check(numbered(method::post, 2), at(1s)).what == verdict::full);
  CHECK(filter.check(numbered(method::post, 2), at(300s)).what == verdict::fresh);
}

TEST_CASE("finishing what was never guarded changes nothing") {
  duplicate_filter filter;
  CHECK(filter.note(make(method::post), created("shots/0")).empty());
  CHECK(filter.size() == 0);
}

TEST_CASE("a request that was never run is fresh when repeated, and is then stored for the whole window") {
  duplicate_filter filter;
  const auto post = make(method::post);
  filter.check(post, at(0s));
  CHECK(filter.note(make(method::post), never_run()).empty());
  CHECK(filter.size() == 0);
  CHECK(filter.check(make(method::put, "2"), at(100s)).what == verdict::fresh);
  CHECK(filter.check(make(method::put, "2"), at(101s)).what == verdict::running);
  CHECK(filter.note(make(method::post), created("shots/0")).empty());
  CHECK(filter.check(make(method::put, "2"), at(300s)).what == verdict::answered);
  CHECK(filter.check(make(method::put, "2"), at(399s)).what == verdict::answered);
  CHECK(filter.check(make(method::put, "2"), at(400s)).what == verdict::fresh);
}

TEST_CASE("a request that was run is not dropped before the window ends") {
  duplicate_filter filter;
  CHECK(filter.note(make(method::post), never_run()).empty());
  filter.check(make(method::post), at(0s));
  CHECK(filter.note(make(method::post), created("shots/0")).empty());
  CHECK(filter.note(make(method::post), never_run()).empty());
  CHECK(filter.check(make(method::post), at(1s)).what == verdict::answered);
}

TEST_CASE(
    "repeats under other spellings of the id join the first, once each, and come back with its answer") {
  duplicate_filter filter;
  const std::string upper = "16FD2706-8BAF-433B-82EB-8C7FADA847DA";
  const std::string plain = "16fd27068baf433b82eb8c7fada847da";
  CHECK(filter.check(make(method::post), at(0s)).what == verdict::fresh);
  for (const auto& spelling : {id_text, upper, plain, upper, plain})
    CHECK(filter.check(make(method::post, "1", "/shots", spelling), at(1s)).what == verdict::running);
  const auto joined = filter.note(make(method::post), created("shots/0"));
  REQUIRE(joined.size() == 2);
  CHECK(joined[0].name() == upper);
  CHECK(joined[0].req.id.text() == upper);
  CHECK(joined[0].req.path.text() == "/shots");
  CHECK(joined[0].req.body.is_null());
  CHECK(joined[1].name() == plain);
  CHECK(filter.check(make(method::post, "1", "shots", upper), at(2s)).what == verdict::answered);
}

TEST_CASE("a request that runs for longer than the window is remembered until it has ended") {
  duplicate_filter filter;
  const std::string upper = "16FD2706-8BAF-433B-82EB-8C7FADA847DA";
  CHECK(filter.check(make(method::post), at(0s)).what == verdict::fresh);
  CHECK(filter.check(make(method::post, "1", "shots", upper), at(299s)).what == verdict::running);
  filter.check(numbered(method::post, 1), at(299s));
  for (const auto now : {301s, 700s}) {
    CHECK(filter.check(make(method::post), at(now)).what == verdict::running);
    CHECK(filter.usage_at(at(now + 1000s)).entries == 2);  // nothing has ended
  }
  CHECK(filter.note(make(method::post), created("shots/0")).size() == 1);
  CHECK(filter.check(make(method::post), at(701s)).what == verdict::answered);
  CHECK(filter.note(numbered(method::post, 1), created("shots/1")).empty());
  filter.forget_old(at(1100s));
  CHECK(filter.size() == 0);
}

TEST_CASE("repeats of a request that was then never run are returned, too") {
  duplicate_filter filter;
  filter.check(make(method::post), at(0s));
  filter.check(make(method::post, "1", "shots", "16fd27068baf433b82eb8c7fada847da"), at(0s));
  CHECK(filter.note(make(method::post), never_run()).size() == 1);
  CHECK(filter.check(make(method::post), at(0s)).what == verdict::fresh);
}

TEST_CASE("only so many spellings of one id wait for the answer") {
  duplicate_filter filter;
  filter.check(make(method::post), at(0s));
  const auto spelled = [](std::size_t hyphen) {
    std::string text = "16fd27068baf433b82eb8c7fada847da";
    return make(method::post, "1", "shots", text.insert(hyphen, 1, '-'));
  };
  for (std::size_t i = 1; i <= 8; ++i) CHECK(filter.check(spelled(i), at(0s)).what == verdict::running);
  CHECK(filter.check(spelled(9), at(0s)).what == verdict::crowded);
  CHECK(filter.check(spelled(8), at(0s)).what == verdict::running);
  CHECK(filter.note(make(method::post), created("shots/0")).size() == 8);
}

TEST_CASE("the fill level of the window does not count expired entries") {
  duplicate_filter filter({.entries = 8, .answer_bytes = 100});
  CHECK(filter.usage_at(at(0s)).entries == 0);
  CHECK(filter.usage_at(at(0s)).share == 0);
  for (int n = 0; n < 4; ++n) CHECK(filter.check(numbered(method::post, n), at(0s)).what == verdict::fresh);
  CHECK(filter.usage_at(at(1s)).entries == 4);
  CHECK(filter.usage_at(at(1s)).share == 0.5);
  (void)filter.note(numbered(method::post, 0), created(std::string(75, 'x')));
  CHECK(filter.usage_at(at(1s)).share == 0.75);
  CHECK(filter.check(numbered(method::post, 4), at(10s)).what == verdict::fresh);
  for (int n = 1; n < 5; ++n) CHECK(filter.note(numbered(method::post, n), {}).empty());
  CHECK(filter.usage_at(at(300s)).entries == 1);
  CHECK(filter.usage_at(at(300s)).share == 0.125);
  CHECK(filter.usage_at(at(310s)).entries == 0);
}
