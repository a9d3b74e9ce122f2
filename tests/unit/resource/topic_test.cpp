#include <doctest/doctest.h>

#include <mqcoap/resource/resource_site.hpp>
#include <mqcoap/resource/topic/message_topics.hpp>
#include <mqcoap/resource/topic/topic_resource.hpp>
#include <mqcoap/resource/topic/topic_writer.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "recorder.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

using form = reading_options::form;

/// Topics whose messages are delivered by the test.
struct hand_topics final : message_topics {
  struct message {
    std::string topic;
    std::string payload;
    bool retain;
    sent_handler done;
  };
  std::vector<message> sent;
  error_code refusal;

  std::shared_ptr<followed_topic> follow(const std::string& topic) override {
    return std::make_shared<followed_topic>(topic);
  }
  error_code publish(const std::string& topic, std::string_view payload, bool retain, steady_time,
                     sent_handler done) override {
    if (refusal) return refusal;
    sent.push_back({topic, std::string(payload), retain, std::move(done)});
    return {};
  }
};

struct topic_fixture {
  manual_clock time;
  topic_options options{.topic = "lab/gauge", .front = {}};
  std::shared_ptr<followed_topic> source = std::make_shared<followed_topic>("lab/gauge");
  std::shared_ptr<handler> writer;
  std::optional<topic_resource> made;

  void with(reading_options reading) { options.front.reading = std::move(reading); }
  topic_resource& tested() {
    if (!made) made.emplace(options, source, writer, time);
    return *made;
  }
  void deliver(std::string_view payload, bool retained = false) {
    source->take(payload, retained, time.now());
  }
  answer get() { return ask(tested(), {.path = "vacuum"}); }
  std::string shown() {
    const auto got = get();
    return std::to_string(to_int(got.code)) + ' ' + std::string(got.body.text());
  }
};

}  // namespace

TEST_CASE_FIXTURE(topic_fixture, "the latest message is the value, and 503 comes before the first") {
  CHECK(shown() == R"(503 "vacuum: no message has come yet on 'lab/gauge'")");
  deliver("21.5\n", true);
  CHECK(shown() == R"(205 "21.5")");
  deliver("22.5");
  const auto got = get();
  CHECK(got.body.text() == R"("22.5")");
  const auto same =
      ask(tested(), {.path = "vacuum", .options = test::with(&request_options::etag, got.options.etag)});
  CHECK(same.code == response_code::valid);
  const auto as_text =
      ask(tested(), {.path = "vacuum", .options = test::with(&request_options::accept, "text/plain")});
  CHECK(as_text.options.content_format == "text/plain");
  const auto as_links =
      ask(tested(),
          {.path = "vacuum", .options = test::with(&request_options::accept, "application/link-format")});
  CHECK(as_links.code == response_code::not_acceptable);
}

TEST_CASE_FIXTURE(topic_fixture, "an empty message removes the value") {
  deliver("1");
  deliver("");
  CHECK(shown() == R"(503 "vacuum: the message of 'lab/gauge' was removed")");
  deliver("2");
  CHECK(shown() == R"(205 "2")");
}

TEST_CASE_FIXTURE(topic_fixture, "a pointer and an expression lead to the value within a message") {
  with({.as = form::json, .pointer = "/pressure", .expr = "x * 100"});
  deliver(R"({"pressure": 0.5, "gauge": "Pirani"})");
  CHECK(shown() == "205 50");
  deliver(R"({"gauge": "Pirani"})");
  const auto none = get();
  CHECK(none.code == response_code::bad_gateway);
  CHECK(message_of(none) == R"(vacuum: there is nothing at /pressure; this was read: '{"gauge": "Pirani"}')");
}

TEST_CASE_FIXTURE(topic_fixture, "a message that cannot be parsed gets 502 with its first 80 characters") {
  with({.as = form::number});
  deliver("\x1b[31m" + std::string(500, 'x'));
  const auto got = get();
  CHECK(got.code == response_code::bad_gateway);
  CHECK(message_of(got) ==
        "vacuum: it is not a number; this was read: '?[31m" + std::string(75, 'x') + "...'");
  deliver("\xff\xfe");
  CHECK(shown() == R"(502 "vacuum: it is not a number; this was read: '??'")");
  deliver("1e999");
  CHECK(get().code == response_code::bad_gateway);
  deliver("7");
  CHECK(shown() == "205 7");
}

TEST_CASE_FIXTURE(topic_fixture, "bytes that are no UTF-8, and JSON that is too deep, are no values") {
  deliver("\xc3\x28");
  CHECK(get().code == response_code::bad_gateway);
  made.reset();
  with({.as = form::json});
  deliver(std::string(100000, '['));
  CHECK(get().code == response_code::bad_gateway);
}

TEST_CASE_FIXTURE(topic_fixture, "a message that is too old gets 503 with its age") {
  options.stale_after = 30s;
  deliver("1");
  time.advance(30s);
  CHECK(shown() == R"(205 "1")");
  time.advance(15500ms);
  CHECK(shown() == R"(503 "vacuum: the last message on 'lab/gauge' came 45s ago and is stale after 30s")");
  deliver("1");  // an equal message is still a new one
  CHECK(shown() == R"(205 "1")");
}

TEST_CASE_FIXTURE(topic_fixture, "a retained message that is delivered again is not younger") {
  options.stale_after = 30s;
  deliver("1", true);
  time.advance(20s);
  deliver("1", true);  // after a reconnect
  time.advance(20s);
  CHECK(get().code == response_code::service_unavailable);
  deliver("2", true);
  CHECK(shown() == R"(205 "2")");
}

TEST_CASE_FIXTURE(topic_fixture,
                  "a message that was ignored because of its size is mentioned while there is no other") {
  CHECK(source->ignore(300 << 10));
  CHECK_FALSE(source->ignore(300 << 10));
  CHECK(shown() == R"(503 "vacuum: no message has come yet on 'lab/gauge'; a message of 300KiB came and was )"
                   R"(ignored, because it is larger than `limits.payload`")");
  deliver("1");
  CHECK(shown() == R"(205 "1")");
  CHECK(source->ignore(1000));
  CHECK(shown() == R"(205 "1")");
}

TEST_CASE_FIXTURE(topic_fixture,
                  "a subscription that the broker refuses is the reason, until it is confirmed") {
  deliver("1");
  source->set_refusal("denied");
  CHECK(shown() == R"(503 "vacuum: the subscription to 'lab/gauge' has failed: denied")");
  source->set_refusal("");
  CHECK(shown() == R"(205 "1")");
}

TEST_CASE_FIXTURE(topic_fixture, "changes are reported, and repetitions are not") {
  int changes = 0;
  tested().on_change([&] { ++changes; });
  deliver("1");
  deliver("1");
  CHECK(changes == 1);
  deliver("2");
  deliver("");
  deliver("");
  CHECK(changes == 3);
  made.reset();
  deliver("3");
  CHECK(changes == 3);
}

TEST_CASE_FIXTURE(topic_fixture, "a metric is there while its number is") {
  options.stale_after = 30s;
  options.front.is_metric = true;
  with({.as = form::number});
  CHECK(tested().is_metric());
  CHECK_FALSE(tested().measured().has_value());
  deliver("2.5");
  CHECK(tested().measured() == 2.5);
  deliver("off");
  CHECK_FALSE(tested().measured().has_value());
  deliver("3");
  time.advance(31s);
  CHECK_FALSE(tested().measured().has_value());
}

TEST_CASE_FIXTURE(topic_fixture, "a topic without a way to set it takes GET alone") {
  for (const auto verb : {method::put, method::post, method::del})
    CHECK(message_of(ask(tested(), {verb, "vacuum"})) ==
          "vacuum allows GET, not " + std::string(to_string(verb)));
}

namespace {

struct writer_fixture : topic_fixture {
  hand_topics topics;
  recorder recorded;

  writer_fixture() {
    options.front.methods = {method::get, method::put};
    writer = std::make_shared<backend_resource>(
        options.front, std::make_shared<topic_writer>(topics, "lab/gauge/set", true), time);
  }
  call* put(const std::string& body) {
    auto c = make_call({method::put, "vacuum", body});
    auto* const requested = c.get();
    tested().handle(responder(std::move(c), recorded.sink()));
    return requested;
  }
  std::string last() const {
    REQUIRE(!recorded.answers.empty());
    const auto& a = recorded.answers.back();
    return std::to_string(to_int(a.code)) + ' ' + std::string(a.body.text()) + (a.never_run ? " unrun" : "");
  }
};

}  // namespace

TEST_CASE_FIXTURE(writer_fixture, "a PUT publishes a string as its text, and anything else as JSON") {
  for (const char* body : {R"("21 \u00b0C")", "21.50", R"({"to":[1,2]})", "true", "null"}) put(body);
  REQUIRE(topics.sent.size() == 5);
  CHECK(topics.sent.at(0).payload ==
        "21 \xc2\xb0"
        "C");
  CHECK(topics.sent.at(1).payload == "21.50");
  CHECK(topics.sent.at(2).payload == R"({"to":[1,2]})");
  CHECK(topics.sent.at(3).payload == "true");
  CHECK(topics.sent.at(4).payload == "null");
  CHECK(topics.sent.front().topic == "lab/gauge/set");
  CHECK(topics.sent.front().retain);
  CHECK(recorded.answers.empty());  // answered only after the message was sent
  topics.sent.front().done({});
  CHECK(last() == "204 null");
}

TEST_CASE_FIXTURE(writer_fixture, "what was not published gets the reason and was never run") {
  const auto reason = [](const char* code, errc error) {
    return std::string(code) +
           " \"vacuum: the message was not published: " + make_error_code(error).message() + "\" unrun";
  };
  // Rejected immediately.
  for (const auto error : {errc::not_connected, errc::queue_full, errc::closed, errc::denied}) {
    topics.refusal = error;
    put("1");
    CHECK(last() == reason("503", error));
  }
  topics.refusal = errc::too_large;
  put("1");
  CHECK(last() == reason("413", errc::too_large));
  // Accepted, but then not sent, or denied by the broker.
  topics.refusal = {};
  for (const auto error : {errc::timed_out, errc::denied}) {
    put("1");
    topics.sent.back().done(error);
    CHECK(last() == reason("503", error));
  }
  put("1");
  topics.sent.back().done(errc::too_large);
  CHECK(last() == reason("413", errc::too_large));
}

TEST_CASE_FIXTURE(writer_fixture,
                  "whether a message was published is unknown when its connection has ended") {
  for (const auto error : {errc::not_connected, errc::closed}) {
    put("1");
    topics.sent.back().done(error);
    CHECK(last() ==
          "504 \"vacuum: the connection to the broker ended; the message may have been published\"");
  }
}

TEST_CASE_FIXTURE(writer_fixture, "the outcome of a call that has ended goes nowhere") {
  auto* const requested = put("1");
  requested->ended = true;
  std::exchange(requested->cancel, {})();
  topics.sent.front().done({});
  CHECK(recorded.answers.empty());
}
