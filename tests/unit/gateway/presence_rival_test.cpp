#include "presence_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

/// A client that publishes on the presence topics and subscribes to nothing.
struct stranger final : link_events {
  memory_link at;
  explicit stranger(memory_broker& broker) : at(broker, "stranger") { at.start(*this); }
  void on_link_up(mqcoap::link&) noexcept override {}
  void on_link_down(mqcoap::link&, const outage_cause&) noexcept override {}
  void on_message(mqcoap::link&, const inbound&) noexcept override {}
  void say(const char* tag, std::string_view payload) {
    REQUIRE_FALSE(at.publish(topic_of(tag), payload, steady_time::max(), {.retain = true}));
  }
};

struct rival_fixture : presence_fixture {
  stranger other{broker};

  rival_fixture() {
    follow({device("GW_1")});
    set_online(true);
    time.advance(1min);
  }
};

/// Two gateways with the same tag on one broker.
struct two_boards : presence_fixture {
  link_options second = lab;
  board_on theirs{time, broker};

  void start_both() {
    follow({device("GW_1")});
    set_online(true);
    time.advance(1min);
    theirs.board.follow(default_namespace(), {device("GW_1")}, second);
    theirs.board.set_online(true);
    broker.run();
    settle();
  }
  void settle() {
    for (int i = 0; i < 600; ++i) {
      time.advance(100ms);
      ring(ours);
      ring(theirs);
      broker.run();
    }
  }
};

}  // namespace

TEST_CASE_FIXTURE(rival_fixture, "a late last will of an older connection is contradicted at once") {
  other.say("GW_1", presence_payload(false, {time.wall().count - 3'600'000}));
  broker.run();
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
  CHECK(seen.newest == states{{"GW_1", "ONLINE"}});
  CHECK(ours.made.size() == 1);
  CHECK(ours.errors.empty());
}

TEST_CASE_FIXTURE(rival_fixture, "a newer OFFLINE is contradicted with a newer date, also of the last will") {
  other.say("GW_1", presence_payload(false, time.wall()));
  broker.run();
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
  CHECK(seen.newest == states{{"GW_1", "ONLINE"}});
  CHECK(ours.made.size() == 2);
  broker.drop(*ours.made.back());
  broker.run();
  CHECK(seen.newest == states{{"GW_1", "OFFLINE"}});
}

TEST_CASE_FIXTURE(rival_fixture, "what is removed from the broker is said again") {
  other.say("GW_1", {});
  broker.run();
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
}

TEST_CASE_FIXTURE(rival_fixture, "repeated OFFLINE messages are contradicted at a limited rate") {
  seen.online_heard = 0;
  for (int i = 0; i < 1000; ++i) {
    other.say("GW_1", presence_payload(false, time.wall()));
    broker.run();
  }
  CHECK(seen.online_heard == 1);
  CHECK(seen.state == states{{"GW_1", "OFFLINE"}});
  for (int i = 0; i < 600; ++i) {  // for one minute
    other.say("GW_1", presence_payload(false, time.wall()));
    advance(100ms);
  }
  CHECK(seen.online_heard > 3);
  CHECK(seen.online_heard < 80);
  for (int i = 0; i < 400; ++i) advance(100ms);
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
}

TEST_CASE_FIXTURE(rival_fixture, "a date in the far future is not followed") {
  other.say("GW_1", presence_payload(false, {4'102'444'800'000}));
  broker.run();
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
  witness later(broker, "later");
  broker.run();
  CHECK(later.dates["GW_1"] <= time.wall().count);
}

TEST_CASE_FIXTURE(rival_fixture, "another announcer of the tag is reported as an error, once") {
  other.say("GW_1", presence_payload(true, time.wall()));
  broker.run();
  CHECK(ours.errors.size() == 1);
  CHECK(ours.errors.front().find("GW_1") != std::string::npos);
  CHECK(board.status().rivals == std::vector<std::string>{"GW_1"});
  time.advance(1s);
  other.say("GW_1", presence_payload(true, time.wall()));
  broker.run();
  CHECK(ours.errors.size() == 1);
  time.advance(1s);
  other.say("GW_1", presence_payload(false, time.wall()));
  broker.run();
  CHECK(board.status().rivals.empty());
  CHECK(ours.infos.size() == 1);
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
}

TEST_CASE_FIXTURE(rival_fixture, "an older retained message is not a sign of another announcer") {
  set_online(false);
  other.say("GW_1", presence_payload(true, time.wall()));  // left by a gateway that no longer exists
  broker.run();
  time.advance(1s);
  set_online(true);
  CHECK(ours.errors.empty());
  CHECK(board.status().rivals.empty());
}

TEST_CASE_FIXTURE(two_boards, "two gateways with names of their own both notice") {
  lab.client_id = "one";
  second.client_id = "two";
  start_both();
  CHECK(ours.errors.size() == 1);
  CHECK(theirs.errors.size() == 1);
  CHECK(ours.made.size() == 1);
  CHECK(theirs.made.size() == 1);
  const int before = seen.heard;
  settle();
  CHECK(seen.heard == before);  // neither publishes anything

  SUBCASE("and the one that stays is ONLINE") {
    theirs.board.stop(500ms, [] {});
    broker.run();
    settle();
    CHECK(seen.state == states{{"GW_1", "ONLINE"}});
    CHECK(seen.newest == states{{"GW_1", "ONLINE"}});
    CHECK(board.status().rivals.empty());
  }
  SUBCASE("also if the other one is killed") {
    broker.drop(*theirs.made.back());
    broker.run();
    CHECK(seen.state == states{{"GW_1", "ONLINE"}});
    CHECK(seen.newest == states{{"GW_1", "ONLINE"}});
  }
}

TEST_CASE_FIXTURE(two_boards, "two gateways with one name do not disconnect each other forever") {
  start_both();
  CHECK(ours.made.size() + theirs.made.size() <= 6);
  CHECK(ours.client_ids.back() != theirs.client_ids.back());
  CHECK(ours.client_ids.back().starts_with("mqcoap-p"));
  CHECK_FALSE(ours.errors.empty());
  CHECK_FALSE(theirs.errors.empty());
  const int before = seen.heard;
  settle();
  CHECK(seen.heard == before);
  CHECK(board.status().rivals == std::vector<std::string>{"GW_1"});
  theirs.board.stop(500ms, [] {});
  broker.run();
  settle();
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
  CHECK(seen.newest == states{{"GW_1", "ONLINE"}});
  CHECK(board.status().rivals.empty());
}
