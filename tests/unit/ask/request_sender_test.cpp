#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "ask_fixture.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;
using ask::fact;
using cause = ask::failure::cause;
using test::ask_fixture;
using name_list = std::vector<std::string>;

TEST_CASE_FIXTURE(ask_fixture,
                  "a request is sent when the answers are confirmed, and the first answer ends it") {
  const auto id = ask("a").id();
  CHECK(via.sent.empty());
  REQUIRE(via.requested.size() == 1);
  CHECK(via.requested[0].first == "gf_int_v1/+/response/D_1/+");
  via.confirm();
  REQUIRE(via.sent.size() == 1);
  CHECK(via.sent[0].topic.text() == "gf_int_v1/axuv/request/D_1/" + std::string(id.text()));
  CHECK(device("D_1").now().in_flight == 1);
  answer(id);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].answer->body.text() == "7");
  CHECK(device("D_1").idle());
  answer(id);
  CHECK(ended.size() == 1);
  CHECK(counted[fact::sent] == 1);
  CHECK(counted[fact::answered] == 1);
  CHECK(counted[fact::duplicate] == 1);
}

TEST_CASE_FIXTURE(ask_fixture,
                  "an answer counts only if it comes from the link, topic and path of the request") {
  const auto id = ask_confirmed("a").id();
  const std::string text(id.text());
  answer("gf_int_v1/axuv/response/D_2/" + text, answer_to(id));
  answer("gf_int_v1/hv/response/D_1/" + text, answer_to(id));
  answer("other_v1/axuv/response/D_1/" + text, answer_to(id));
  answer("gf_int_v1/axuv/response/D_1/" + text, answer_to(id, "other"));
  answer("gf_int_v1/axuv/response/D_1/" + text, answer_to(ids.next()));
  test::hand_link other;
  tested.on_response(other, *exchange_topic::parse("gf_int_v1/axuv/response/D_1/" + text), answer_to(id));
  CHECK(counted[fact::mismatched] == 6);
  CHECK(ended.empty());
  answer(ids.next());
  CHECK(counted[fact::foreign] == 1);
  answer("gf_int_v1/axuv/response/D_1/" + text, answer_to(id, "/gains"));
  CHECK(ended.size() == 1);
}

TEST_CASE_FIXTURE(ask_fixture,
                  "an error with the path 'unknown' is the answer of a device that could not read it") {
  const auto id = ask_confirmed("a").id();
  const auto topic = "gf_int_v1/axuv/response/D_1/" + std::string(id.text());
  auto refusal = answer_to(id, "unknown");
  answer(topic, refusal);  // no error
  CHECK(counted[fact::mismatched] == 1);
  CHECK(ended.empty());
  refusal.replace(refusal.find("205"), 3, "400");
  answer(topic, refusal);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].answer->code == response_code::bad_request);
}

TEST_CASE_FIXTURE(ask_fixture, "an answer to a request that was not sent is ignored") {
  const auto id = ask("a").id();
  answer(id);
  CHECK(counted[fact::mismatched] == 1);
  CHECK(ended.empty());
}

TEST_CASE_FIXTURE(ask_fixture, "an unusable answer ends its request with the reason") {
  const auto id = ask_confirmed("a").id();
  answer("gf_int_v1/axuv/response/D_1/" + std::string(id.text()), "[1, 2]");
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].why == cause::unusable);
  CHECK_FALSE(ended[0].message.empty());
}

TEST_CASE_FIXTURE(ask_fixture,
                  "a device gets at most its limit of requests at a time, and the others in order") {
  const auto first = ask_confirmed("a").id();
  place("b").places = 1;
  const auto last = place("c").id();
  tested.send_next(device("D_1"));
  CHECK(via.sent.size() == 1);
  CHECK(device("D_1").now().waiting == 2);
  answer(first);
  REQUIRE(via.sent.size() == 3);
  CHECK(via.sent[2].topic.id() == last.text());
}

TEST_CASE_FIXTURE(ask_fixture, "its deadline ends a request, sent or not, and a late answer is counted") {
  const auto id = ask_confirmed("a").id();
  place("b").places = 1;
  CHECK(tested.next_deadline() == time.now() + 1s);
  time.advance(1s);
  tested.expire(time.now());
  REQUIRE(name_list{"a", "b"} == names());
  CHECK(ended[0].why == cause::deadline);
  CHECK(ended[0].sent);
  CHECK_FALSE(ended[1].sent);
  CHECK(tested.next_deadline() == steady_time::max());
  CHECK(device("D_1").idle());
  answer(id);
  CHECK(counted[fact::late] == 1);
  CHECK(tested.knows(id));
  CHECK_FALSE(tested.knows(ids.next()));
}

TEST_CASE_FIXTURE(ask_fixture, "a request that waited too long is not sent any more") {
  ask("a");
  time.advance(1s);
  ask("b");
  via.confirm();
  CHECK(name_list{"a"} == names());
  CHECK(via.sent.size() == 1);
}

TEST_CASE_FIXTURE(ask_fixture,
                  "a lost link ends requests that were sent, and those that must not wait for a connection") {
  ask_confirmed("sent");
  place("unsent").places = 1;
  auto& patient = place("patient");
  patient.places = 1;
  patient.outlasts = true;
  test::hand_link elsewhere;
  via.is_up = false;
  tested.on_link_down(elsewhere, "another one");
  CHECK(ended.empty());
  tested.on_link_down(via, "no route");
  REQUIRE(ended.size() == 2);
  for (const auto& each : ended) {
    CHECK(each.why == cause::link_lost);
    CHECK(each.message == "no route");
    CHECK(each.sent == (each.name == "sent"));
  }
  CHECK_FALSE(device("D_1").confirmed());
  via.is_up = true;
  tested.on_link_up(via);
  CHECK(via.sent.size() == 1);
  via.confirm();
  CHECK(via.sent.size() == 2);
}

TEST_CASE_FIXTURE(ask_fixture,
                  "a denied subscription ends waiting requests, and the next request subscribes again") {
  ask("a");
  ask("b");
  ask("c", "D_2");
  auto requested = std::move(via.requested);
  via.requested.clear();
  requested[0].second(errc::denied);
  REQUIRE(ended.size() == 2);
  CHECK(ended[0].why == cause::not_confirmed);
  CHECK(ended[0].error == errc::denied);
  CHECK(tested.find_device("D_1") == nullptr);
  CHECK(via.dropped == name_list{"gf_int_v1/+/response/D_1/+"});
  CHECK(tested.size() == 1);
  ask("d");
  CHECK(via.requested.size() == 1);
}

TEST_CASE_FIXTURE(ask_fixture, "a request that the link rejects ends immediately, and the queue continues") {
  via.refusal = errc::too_large;
  place("a");
  place("b");
  via.confirm();
  REQUIRE(name_list{"a", "b"} == names());
  CHECK(ended[0].why == cause::not_sendable);
  CHECK(ended[0].error == errc::too_large);
  CHECK_FALSE(ended[0].sent);
  CHECK(device("D_1").idle());
  CHECK(counted[fact::sent] == 0);
}

TEST_CASE_FIXTURE(ask_fixture,
                  "a request that the link loses later, or the broker denies, ends when this is reported") {
  via.follows = true;
  ask_confirmed("a");
  ask("b");
  ask("c");
  via.sent[0].done({});
  via.sent[0].done(errc::not_connected);  // ignored, because the link also reports this as going down
  CHECK(ended.empty());
  via.sent[0].done(errc::denied);
  via.sent[1].done(errc::too_large);
  via.sent[2].done(errc::timed_out);
  REQUIRE(name_list{"a", "b", "c"} == names());
  CHECK(ended[0].error == errc::denied);
  CHECK(ended[0].sent);
  CHECK(device("D_1").idle());
}

TEST_CASE_FIXTURE(ask_fixture, "one request or all requests can be cancelled") {
  const auto id = ask_confirmed("a").id();
  tested.end(id, {cause::ended, errc::closed, 0, "enough"});
  tested.end(id, {cause::ended, errc::closed, 0, "enough"});
  REQUIRE(name_list{"a"} == names());
  CHECK(ended[0].message == "enough");
  ask("b");
  ask("c", "D_2");
  tested.end_all({cause::ended, errc::closed, 0, {}});
  CHECK(ended.size() == 3);
  CHECK(tested.size() == 0);
}

TEST_CASE_FIXTURE(ask_fixture,
                  "the device that was idle for longest is dropped to make room, but never a busy one") {
  for (std::size_t i = 0; i < ask::request_sender::most_devices; ++i) {
    time.advance(1ms);
    tested.end(ask("a", "D_" + std::to_string(i)).id(), {cause::ended});
  }
  ask("busy", "D_0");
  CHECK(tested.make_room());
  CHECK(tested.devices().size() == ask::request_sender::most_devices - 1);
  CHECK(tested.find_device("D_0") != nullptr);
  CHECK(tested.find_device("D_1") == nullptr);
  ask("a", "D_1");
  for (const auto& [key, each] : tested.devices())
    if (each->idle()) place("busy", key);
  CHECK_FALSE(tested.make_room());
}

TEST_CASE_FIXTURE(ask_fixture,
                  "an outcome handler may place another request, and the device is kept meanwhile") {
  auto& first = ask_confirmed("a");
  first.at_end = [this] {
    CHECK_FALSE(device("D_1").idle());
    tested.release(via);
    ask("b");
  };
  answer(first.id());
  CHECK(via.sent.size() == 1);  // the device was released: another one has its key
  CHECK(tested.size() == 1);
}

TEST_CASE_FIXTURE(ask_fixture, "a released link keeps its busy devices until they are idle") {
  const auto id = ask_confirmed("a").id();
  ask_confirmed("b", "D_2");
  answer(id);
  CHECK_FALSE(tested.release(via));
  CHECK(tested.devices().size() == 1);
  CHECK(tested.find_device("D_2") == nullptr);
  CHECK_FALSE(tested.release(via));
  tested.end_all({cause::ended});
  CHECK(tested.release(via));
}

TEST_CASE_FIXTURE(ask_fixture, "after a reconnect no subscription is confirmed") {
  ask_confirmed("a");
  device("D_2");
  tested.forget_connections();
  CHECK(tested.find_device("D_2") == nullptr);
  CHECK_FALSE(device("D_1").confirmed());
}
