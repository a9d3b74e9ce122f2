#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <map>
#include <mqcoap/gateway/presence_board.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <string>
#include <vector>

using namespace mqcoap;

namespace {

device_options device(const char* tag, bool presence = true) {
  return {*device_tag::parse(tag), {}, {}, {}, presence};
}

/// Sees what is told, and what a later one would find.
struct witness final : link_events {
  memory_link at;
  std::map<std::string, std::string> state;  ///< by tag
  int heard = 0;

  explicit witness(memory_broker& broker) : at(broker, "witness") {
    at.subscribe("gf_int_v1/gateway/system/+/presence", {});
    at.start(*this);
  }
  void on_link_up(mqcoap::link&) noexcept override {}
  void on_link_down(mqcoap::link&, std::string_view) noexcept override {}
  void on_message(mqcoap::link&, const inbound& m) noexcept override {
    ++heard;
    const auto body = boost::json::parse({m.payload.data(), m.payload.size()}).at("body");
    const std::string topic(m.topic);
    const auto tag = topic.substr(25, topic.rfind('/') - 25);
    state[tag] = std::string(body.at("state").as_string());
  }
};

using states = std::map<std::string, std::string>;

struct fixture {
  manual_clock time;
  memory_broker broker;
  std::vector<memory_link*> made;
  link_options lab;
  presence_board board{time, [this](link_options options) {
                         auto l = std::make_unique<memory_link>(broker, options.client_id, options.will);
                         made.push_back(l.get());
                         return l;
                       }};
  witness seen{broker};

  void follow(const std::vector<device_options>& devices) {
    board.follow(default_namespace(), devices, lab);
    broker.run();
  }
  void set_online(bool online) {
    board.set_online(online);
    broker.run();
  }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "a device is ONLINE once it is served, and only if it wants that told") {
  follow({device("GW_1"), device("GW_2", false)});
  CHECK(board.size() == 1);
  CHECK(seen.state.empty());
  set_online(true);
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
  set_online(false);
  CHECK(seen.state == states{{"GW_1", "OFFLINE"}});
}

TEST_CASE_FIXTURE(fixture, "its last will says OFFLINE, and it says ONLINE again when it is back") {
  follow({device("GW_1")});
  set_online(true);
  broker.drop(*made.front());
  CHECK_FALSE(made.front()->up());
  broker.run();
  CHECK(made.front()->up());
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
  CHECK(seen.heard == 3);  // OFFLINE in between
}

TEST_CASE_FIXTURE(fixture, "who comes later finds it") {
  follow({device("GW_1")});
  set_online(true);
  witness later(broker);
  broker.run();
  CHECK(later.state == states{{"GW_1", "ONLINE"}});
}

TEST_CASE_FIXTURE(fixture,
                  "what is removed goes OFFLINE, what is added comes when it is served, the rest stays") {
  follow({device("GW_1"), device("GW_2")});
  set_online(true);
  seen.heard = 0;
  follow({device("GW_2"), device("GW_3")});
  CHECK(seen.state == states{{"GW_1", "OFFLINE"}, {"GW_2", "ONLINE"}});
  CHECK(seen.heard == 1);
  CHECK(made.size() == 3);
  set_online(true);
  CHECK(seen.state == states{{"GW_1", "OFFLINE"}, {"GW_2", "ONLINE"}, {"GW_3", "ONLINE"}});
}

TEST_CASE_FIXTURE(fixture, "another broker takes other connections") {
  follow({device("GW_1")});
  set_online(true);
  lab.host = "elsewhere";
  follow({device("GW_1")});
  CHECK(made.size() == 2);
  CHECK(seen.state == states{{"GW_1", "OFFLINE"}});
  set_online(true);
  CHECK(seen.state == states{{"GW_1", "ONLINE"}});
}

TEST_CASE_FIXTURE(fixture, "a stop says OFFLINE and tells when that is done") {
  follow({device("GW_1"), device("GW_2")});
  set_online(true);
  bool done = false;
  board.stop(std::chrono::milliseconds(500), [&] { done = true; });
  CHECK_FALSE(done);
  broker.run();
  CHECK(done);
  CHECK(seen.state == states{{"GW_1", "OFFLINE"}, {"GW_2", "OFFLINE"}});
}

TEST_CASE_FIXTURE(fixture, "a stop without anything to say is done at once") {
  follow({device("GW_1", false)});
  bool done = false;
  board.stop(std::chrono::milliseconds(500), [&] { done = true; });
  CHECK(done);
}
