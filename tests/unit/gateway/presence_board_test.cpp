#include <new>

#include "presence_fixture.hpp"
#include "support/scarce_memory.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

TEST_CASE_FIXTURE(presence_fixture,
                  "a device is ONLINE once it is served, and only if it wants that announced") {
  follow({device("GW_1"), device("GW_2", false)});
  CHECK(board.size() == 1);
  CHECK(ours.made.empty());  // the serving connection is established first
  set_online(true);
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
  CHECK(board.status().announced == 1);
  set_online(false);
  CHECK(seen.state == states{{"GW_1", "OFFLINE"}});
  CHECK(seen.newest == states{{"GW_1", "OFFLINE"}});
  CHECK(board.status().announced == 0);
  CHECK(board.status().devices == 1);
}

TEST_CASE_FIXTURE(presence_fixture,
                  "its last will announces OFFLINE, and it announces ONLINE again after it reconnects") {
  follow({device("GW_1")});
  set_online(true);
  broker.drop(*ours.made.front());
  broker.run();
  CHECK(seen.state == states{{"GW_1", "OFFLINE"}});
  CHECK(ours.warnings.empty());  // a lost connection is not a refused one
  advance(1s);
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
  CHECK(seen.heard == 3);
}

TEST_CASE_FIXTURE(presence_fixture, "a client that keeps the newest message sees every last will") {
  follow({device("GW_1")});
  set_online(true);
  for (int i = 0; i < 3; ++i) {
    CAPTURE(i);
    CHECK(seen.newest == states{{"GW_1", "ONLINE"}});
    time.advance(2min);
    broker.drop(*ours.made.back());
    broker.run();
    CHECK(seen.newest == states{{"GW_1", "OFFLINE"}});
    advance(1s);
  }
  // Also after the connection was lost and established again by the same process.
  set_online(false);
  set_online(true);
  CHECK(seen.newest == states{{"GW_1", "ONLINE"}});
  broker.drop(*ours.made.back());
  broker.run();
  CHECK(seen.newest == states{{"GW_1", "OFFLINE"}});
}

TEST_CASE_FIXTURE(presence_fixture, "a later subscriber gets it") {
  follow({device("GW_1")});
  set_online(true);
  witness later(broker, "later");
  broker.run();
  CHECK(later.state == states{{"GW_1", "ONLINE"}});
}

TEST_CASE_FIXTURE(
    presence_fixture,
    "removed devices are forgotten, added ones are announced when served, and the others stay") {
  follow({device("GW_1"), device("GW_2")});
  set_online(true);
  seen.heard = 0;
  follow({device("GW_2"), device("GW_3")});
  CHECK(seen.newest == states{{"GW_1", "OFFLINE"}, {"GW_2", "ONLINE"}});
  CHECK(seen.state == states{{"GW_2", "ONLINE"}});
  CHECK(seen.heard == 2);  // OFFLINE, and the removal of the retained message
  set_online(true);
  CHECK(ours.made.size() == 3);
  CHECK(seen.state == states{{"GW_2", "ONLINE"}, {"GW_3", "ONLINE"}});
  witness later(broker, "later");
  broker.run();
  CHECK(later.state == states{{"GW_2", "ONLINE"}, {"GW_3", "ONLINE"}});
}

TEST_CASE_FIXTURE(presence_fixture, "a device whose presence is switched off is forgotten") {
  follow({device("GW_1")});
  set_online(true);
  follow({device("GW_1", false)});
  CHECK(board.size() == 0);
  witness later(broker, "later");
  broker.run();
  CHECK(later.state.empty());
}

TEST_CASE_FIXTURE(presence_fixture, "what is removed is forgotten also if its connection was just lost") {
  follow({device("GW_1")});
  set_online(true);
  broker.drop(*ours.made.front());
  broker.run();
  CHECK(seen.state == states{{"GW_1", "OFFLINE"}});
  follow({});
  witness later(broker, "later");
  broker.run();
  CHECK(later.state.empty());
  bool done = false;
  board.stop(500ms, [&] { done = true; });
  CHECK(done);  // nothing of it remains
}

TEST_CASE_FIXTURE(presence_fixture, "another connection to the same broker takes the place of the old one") {
  follow({device("GW_1")});
  set_online(true);
  time.advance(1min);
  lab.keepalive = std::chrono::seconds(60);
  board.follow(default_namespace(), {device("GW_1")}, lab);
  board.set_online(true);
  CHECK(ours.made.size() == 1);  // the old connection disconnects first, because both have the same client id
  broker.run();
  CHECK(ours.made.size() == 2);
  CHECK(ours.client_ids[0] == ours.client_ids[1]);
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
  CHECK(seen.newest == states{{"GW_1", "ONLINE"}});
  CHECK(ours.errors.empty());
}

TEST_CASE_FIXTURE(presence_fixture, "another broker forgets the devices of the old one") {
  follow({device("GW_1")});
  set_online(true);
  lab.host = "elsewhere";
  follow({device("GW_1")});
  CHECK(seen.state.empty());
  set_online(true);
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
}

TEST_CASE_FIXTURE(presence_fixture, "a stop announces OFFLINE and reports when that is done") {
  follow({device("GW_1"), device("GW_2")});
  set_online(true);
  bool done = false;
  board.stop(500ms, [&] { done = true; });
  CHECK_FALSE(done);
  broker.run();
  CHECK(done);
  CHECK(seen.state == states{{"GW_1", "OFFLINE"}, {"GW_2", "OFFLINE"}});
}

TEST_CASE_FIXTURE(presence_fixture, "a stop without anything to say is done at once") {
  follow({device("GW_1")});
  bool done = false;
  board.stop(500ms, [&] { done = true; });
  CHECK(done);
}

TEST_CASE_FIXTURE(presence_fixture, "a device has one client id for ever, which begins with the gateway's") {
  lab.client_id = "lab-gateway";
  follow({device("GW_1"), device("GW_2")});
  set_online(true);
  set_online(false);
  set_online(true);
  REQUIRE(ours.client_ids.size() == 4);
  CHECK(ours.client_ids[0] == ours.client_ids[2]);
  CHECK(ours.client_ids[0] != ours.client_ids[1]);
  CHECK(ours.client_ids[0].starts_with("lab-gateway-p"));
  board_on next(time, broker);
  next.board.follow(default_namespace(), {device("GW_1")}, lab);
  next.board.set_online(true);
  CHECK(next.client_ids == std::vector{ours.client_ids[0]});
}

TEST_CASE_FIXTURE(presence_fixture, "connections are made a few at a time") {
  std::vector<device_options> devices;
  for (int i = 0; i < 20; ++i) devices.push_back(device(("GW_" + std::to_string(i)).c_str()));
  follow(devices);
  board.set_online(true);
  CHECK(ours.made.size() == 8);
  broker.run();
  CHECK(ours.made.size() == 20);
  CHECK(board.status().announced == 20);
}

TEST_CASE_FIXTURE(presence_fixture,
                  "nothing is tried during an outage, and everything immediately after it") {
  follow({device("GW_1"), device("GW_2")});
  set_online(true);
  broker.go_down();
  board.set_online(false);  // as the gateway does when its own connection is lost
  for (int i = 0; i < 60; ++i) advance(1s);
  CHECK(ours.made.size() == 2);
  broker.come_up();
  set_online(true);
  CHECK(seen.state == states{{"GW_1", "ONLINE"}, {"GW_2", "ONLINE"}});
  CHECK(ours.warnings.empty());
}

TEST_CASE_FIXTURE(presence_fixture, "a gateway that comes while the broker still has the old connection") {
  follow({device("GW_1")});
  set_online(true);
  // Simulates a power cut: the old connection still exists, but nobody reads from it.
  board_on next(time, broker);
  time.advance(5s);
  next.board.follow(default_namespace(), {device("GW_1")}, lab);
  next.board.set_online(true);
  broker.run();
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
  CHECK(seen.newest == states{{"GW_1", "ONLINE"}});
  CHECK(next.errors.empty());
}

TEST_CASE("if any allocation fails while devices connect, all of them are announced soon") {
  int pieces = 0;
  do {
    CAPTURE(pieces);
    presence_fixture f;
    f.follow({device("GW_1"), device("GW_2")});
    {
      const auto now = scarce_memory::lacking_one(pieces++);
      try {
        f.board.set_online(true);
      } catch (const std::bad_alloc&) {
        CHECK(f.ours.made.size() < 2);
      }
    }
    const bool lacked = scarce_memory::refused() > 0;
    f.broker.run();
    for (int i = 0; i < 10; ++i) f.advance(1s);
    CHECK(f.seen.state == states{{"GW_1", "ONLINE"}, {"GW_2", "ONLINE"}});
    CHECK(f.board.status().announced == 2);
    CHECK(f.board.status().failing.empty());
    if (!lacked) break;
  } while (true);
  CHECK(pieces > 10);
}
