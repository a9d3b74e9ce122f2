#include <doctest/doctest.h>

#include <mqcoap/resource/backend/backend_resource.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "recorder.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

/// A backend that answers when the test decides.
struct slow_backend final : backend {
  struct job {
    backend_request what;
    reply_handler done;
    std::weak_ptr<void> running;
  };
  std::vector<job> jobs;
  bool fails = false;

  running run(backend_request what, reply_handler done) override {
    if (fails) throw std::runtime_error("no descriptors");
    const running handle = std::make_shared<int>();
    jobs.push_back({std::move(what), std::move(done), handle});
    return handle;
  }
  response_code unreadable() const noexcept override { return response_code::bad_gateway; }
  void end(std::size_t which, backend_reply reply) { jobs.at(which).done(std::move(reply)); }
  void read(std::size_t which, std::string text) { end(which, backend_reply::of_text(std::move(text))); }
};

struct backend_fixture {
  manual_clock time;
  std::shared_ptr<slow_backend> by = std::make_shared<slow_backend>();
  recorder recorded;
  backend_resource_options options{.methods = method_set::all(),
                                   .reading = {.as = reading_options::form::number}};
  std::shared_ptr<backend_resource> tested = make();

  std::shared_ptr<backend_resource> make() { return std::make_shared<backend_resource>(options, by, time); }
  void with_cache() {
    options.cache = 10s;
    tested = make();
  }
  /// Returns the call, which can be ended as the serving core ends one.
  call* send(const requested& a) {
    auto c = make_call(a);
    auto* const sent = c.get();
    tested->handle(responder(std::move(c), recorded.sink()));
    return sent;
  }
  static void cancel(call& c) {
    c.ended = true;
    std::exchange(c.cancel, {})();
  }
  std::string last() const {
    REQUIRE(!recorded.answers.empty());
    const auto& a = recorded.answers.back();
    return std::to_string(to_int(a.code)) + ' ' + std::string(a.body.text());
  }
};

}  // namespace

TEST_CASE_FIXTURE(backend_fixture, "what a backend refused before anything was done counts as never run") {
  send({method::post, "x"});
  by->end(0, backend_reply::refusal(response_code::service_unavailable, "not connected"));
  CHECK(last() == R"(503 "x: not connected")");
  CHECK(recorded.answers.back().never_run);
  send({method::post, "x"});
  by->end(1, backend_reply::error(response_code::gateway_timeout, "no answer"));
  CHECK_FALSE(recorded.answers.back().never_run);
}

TEST_CASE_FIXTURE(backend_fixture, "a GET gets the value that is made of what was read, with its version") {
  send({method::get, "x"});
  CHECK(recorded.answers.empty());
  by->read(0, "21.5\n");
  CHECK(last() == "205 21.5");
  const auto etag = recorded.answers.back().options.etag;
  CHECK_FALSE(etag.empty());
  send({method::get, "x", "null", with(&request_options::etag, etag)});
  by->read(1, "21.5\n");
  CHECK(last() == "203 null");
}

TEST_CASE_FIXTURE(backend_fixture, "a metric is the number that was read last, and absent after a failure") {
  CHECK_FALSE(tested->is_metric());
  options.is_metric = true;
  tested = make();
  CHECK(tested->is_metric());
  CHECK_FALSE(tested->measured().has_value());
  send({method::get, "x"});
  by->read(0, "21.5\n");
  CHECK(tested->measured() == 21.5);
  send({method::put, "x", "5"});
  by->end(1, backend_reply::error(response_code::service_unavailable, "busy"));
  CHECK(tested->measured() == 21.5);
  send({method::get, "x"});
  by->read(2, "garbage");
  CHECK_FALSE(tested->measured().has_value());
  send({method::get, "x"});
  by->read(3, "22");
  send({method::get, "x"});
  by->end(4, backend_reply::error(response_code::gateway_timeout, "silent"));
  CHECK_FALSE(tested->measured().has_value());
}

TEST_CASE_FIXTURE(backend_fixture,
                  "unreadable data results in the backend's fault, with an excerpt of the data") {
  send({method::get, "x"});
  by->read(0, "garbage");
  CHECK(last() == R"(502 "x: it is not a number; this was read: 'garbage'")");
}

TEST_CASE_FIXTURE(backend_fixture,
                  "writes have the codes of their methods, and a backend's error is passed on") {
  send({method::put, "x", "1"});
  by->end(0, backend_reply::done());
  CHECK(last() == "204 null");
  send({method::post, "x"});
  by->end(1, backend_reply::done());
  CHECK(last() == "203 null");
  send({method::del, "x"});
  by->end(2, backend_reply::done());
  CHECK(last() == "202 null");
  send({method::put, "x", "1"});
  by->end(3, backend_reply::error(response_code::service_unavailable, "it is off"));
  CHECK(last() == R"(503 "x: it is off")");
}

TEST_CASE_FIXTURE(backend_fixture, "a write has a body with 205 alone") {
  send({method::post, "x"});
  by->end(0, backend_reply::of_body(text("[1]")));
  CHECK(last() == "205 [1]");
  send({method::post, "x"});
  by->end(1, backend_reply::of_body(text("null")));
  CHECK(last() == "203 null");
  send({method::put, "x", "1"});
  by->end(2, {response_code::changed, {}, text("[1]"), {}});
  CHECK(last() == "204 null");
  send({method::post, "x"});
  by->end(3, {response_code::created, {}, text("[1]"), {}});
  CHECK(last() == "201 null");
}

TEST_CASE_FIXTURE(backend_fixture, "rejected requests never reach the backend") {
  options.methods = {method::get, method::put};
  options.schema = json_schema::compile(text(R"({"type":"integer"})").value()).value();
  tested = make();
  send({method::post, "x"});
  CHECK(last().starts_with("405"));
  send({method::put, "x", "2.5"});
  CHECK(last().starts_with("400"));
  send({method::put, "x", "2", with(&request_options::content_format, "image/png")});
  CHECK(last().starts_with("415"));
  request_options only_new;
  only_new.create_only = true;
  const std::pair<const char*, request_options> conditions[]{
      {"if_match", with(&request_options::if_match, "abc")},
      {"if_none_match", with(&request_options::if_none_match, "abc")},
      {"if_none_match", only_new}};
  for (const auto& [option, given] : conditions) {
    send({method::put, "x", "2", given});
    CHECK(last() == std::string("412 \"") + option +
                        ": x has no versions that a write could be compared with; send it without " + option +
                        '"');
  }
  send({method::get, "x", "null", with(&request_options::accept, "image/png")});
  CHECK(last().starts_with("406"));
  CHECK(by->jobs.empty());
}

TEST_CASE_FIXTURE(backend_fixture,
                  "a backend that cannot start causes a 500, and the next request tries again") {
  by->fails = true;
  send({method::get, "x"});
  CHECK(last() == R"(500 "x: no descriptors")");
  by->fails = false;
  send({method::get, "x"});
  by->read(0, "1");
  CHECK(last() == "205 1");
}

TEST_CASE_FIXTURE(backend_fixture, "without a cache each GET reads for itself") {
  send({method::get, "x"});
  send({method::get, "x"});
  CHECK(by->jobs.size() == 2);
  by->read(1, "2");
  CHECK(last() == "205 2");
  by->read(0, "1");
  CHECK(last() == "205 1");
}

TEST_CASE_FIXTURE(backend_fixture,
                  "with a cache GETs share a reading while it runs, and its value afterwards") {
  with_cache();
  send({method::get, "x"});
  send({method::get, "x"});
  CHECK(by->jobs.size() == 1);
  by->read(0, "1");
  CHECK(recorded.answers.size() == 2);
  time.advance(9s);
  send({method::get, "x"});
  CHECK(by->jobs.size() == 1);
  CHECK(last() == "205 1");
  time.advance(1s);
  send({method::get, "x"});
  CHECK(by->jobs.size() == 2);
}

TEST_CASE_FIXTURE(backend_fixture, "a fault is not cached, and a write clears the cache") {
  with_cache();
  send({method::get, "x"});
  by->read(0, "garbage");
  send({method::get, "x"});
  REQUIRE(by->jobs.size() == 2);
  by->read(1, "1");
  send({method::put, "x", "2"});
  by->end(2, backend_reply::done());
  send({method::get, "x"});
  REQUIRE(by->jobs.size() == 4);
  by->read(3, "2");
  CHECK(last() == "205 2");
}

TEST_CASE_FIXTURE(backend_fixture, "a value that was read before a write is returned, but not cached") {
  with_cache();
  send({method::get, "x"});
  send({method::put, "x", "2"});
  by->read(0, "1");
  CHECK(last() == "205 1");
  by->end(1, backend_reply::done());
  send({method::get, "x"});
  CHECK(by->jobs.size() == 3);
}

TEST_CASE_FIXTURE(backend_fixture, "a GET after a write does not share a reading from before it") {
  with_cache();
  send({method::get, "x"});
  send({method::put, "x", "2"});
  by->end(1, backend_reply::done());
  send({method::get, "x"});
  REQUIRE(by->jobs.size() == 3);
  by->read(0, "1");
  CHECK(last() == "205 1");
  send({method::get, "x"});  // shares the reading that began after the write
  CHECK(by->jobs.size() == 3);
  by->read(2, "2");
  CHECK(last() == "205 2");
  send({method::get, "x"});
  CHECK(by->jobs.size() == 3);
  CHECK(last() == "205 2");
}

TEST_CASE_FIXTURE(backend_fixture,
                  "a reading that began during a write is not cached, if the write is cancelled as well") {
  with_cache();
  auto* const write = send({method::put, "x", "2"});
  send({method::get, "x"});
  SUBCASE("it ends") { by->end(0, backend_reply::done()); }
  SUBCASE("it is cancelled") { cancel(*write); }
  by->read(1, "1");
  send({method::get, "x"});
  CHECK(by->jobs.size() == 3);
}

TEST_CASE_FIXTURE(backend_fixture, "while a write may still be carried out, what is read is not reused") {
  with_cache();
  auto* const write = send({method::put, "x", "2"});
  SUBCASE("it was cancelled") { cancel(*write); }
  SUBCASE("it failed") { by->end(0, backend_reply::error(response_code::gateway_timeout, "no answer")); }
  send({method::get, "x"});
  by->read(1, "1");
  send({method::get, "x"});
  REQUIRE(by->jobs.size() == 3);
  time.advance(10s);
  by->read(2, "1");  // began before the time was over
  send({method::get, "x"});
  REQUIRE(by->jobs.size() == 4);
  by->read(3, "2");
  send({method::get, "x"});
  CHECK(by->jobs.size() == 4);
  CHECK(last() == "205 2");
}

TEST_CASE_FIXTURE(backend_fixture,
                  "a write that was never run does not end the reuse of what is read after it") {
  with_cache();
  send({method::put, "x", "2"});
  by->end(0, backend_reply::refusal(response_code::service_unavailable, "not connected"));
  send({method::get, "x"});
  by->read(1, "1");
  send({method::get, "x"});
  CHECK(by->jobs.size() == 2);
  CHECK(last() == "205 1");
}

TEST_CASE_FIXTURE(backend_fixture, "the work ends with the last call that waits for it") {
  with_cache();
  auto* const first = send({method::get, "x"});
  auto* const second = send({method::get, "x"});
  cancel(*first);
  CHECK_FALSE(by->jobs.front().running.expired());
  cancel(*second);
  CHECK(by->jobs.front().running.expired());
  by->read(0, "1");  // after the call has ended
  CHECK(recorded.answers.empty());
  send({method::get, "x"});  // does not join a request that has ended
  CHECK(by->jobs.size() == 2);
}

TEST_CASE_FIXTURE(backend_fixture, "a destroyed resource cancels its work, and the caller gets an answer") {
  send({method::get, "x"});
  tested.reset();
  CHECK(by->jobs.front().running.expired());
  CHECK(last().starts_with("500"));
  by->read(0, "1");
  CHECK(recorded.answers.size() == 1);
}
