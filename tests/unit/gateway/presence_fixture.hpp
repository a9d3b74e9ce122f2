#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <memory>
#include <mqcoap/gateway/presence_board.hpp>
#include <mqcoap/protocol/presence.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <string>
#include <vector>

#include "support/lab/hand_alarm.hpp"

namespace mqcoap::test {

using namespace std::chrono_literals;

inline device_options device(const char* tag, bool presence = true) {
  return {*device_tag::parse(tag), {}, {}, {}, presence};
}

inline std::string topic_of(const char* tag) {
  return presence_topic(default_namespace(), *device_tag::parse(tag));
}

/// The presence of each tag, as received last, and as seen by a client that keeps the newest.
struct witness final : link_events {
  memory_link at;
  std::map<std::string, std::string> state;   ///< by tag
  std::map<std::string, std::string> newest;  ///< by tag; changed only by a newer date
  std::map<std::string, std::int64_t> dates;  ///< the dates of `newest`
  int heard = 0;
  int online_heard = 0;

  explicit witness(memory_broker& broker, std::string name = "witness") : at(broker, std::move(name)) {
    at.subscribe("gf_int_v1/gateway/system/+/presence", {});
    at.start(*this);
  }
  void on_link_up(link&) noexcept override {}
  void on_link_down(link&, const outage_cause&) noexcept override {}
  void on_message(link&, const inbound& m) noexcept override {
    ++heard;
    const std::string topic(m.topic);
    const auto tag = topic.substr(25, topic.rfind('/') - 25);
    if (m.payload.empty()) {
      state.erase(tag);
      return;
    }
    const auto found = read_presence(m.payload);
    CHECK((found && found->updated));
    if (!found || !found->updated) return;
    state[tag] = found->state;
    if (found->state == "ONLINE") ++online_heard;
    if (newest.contains(tag) && found->updated->count <= dates[tag]) return;
    newest[tag] = found->state;
    dates[tag] = found->updated->count;
  }
};

using states = std::map<std::string, std::string>;

/// A presence board of a gateway, and its log.
struct board_on {
  hand_alarm wake;
  std::vector<std::string> errors, warnings, infos;
  std::vector<std::string> client_ids;  ///< client ids of the connections, in order of creation
  std::vector<memory_link*> made;       ///< the links that were created; some may have been destroyed
  presence_board board;

  board_on(const clock& time, memory_broker& broker)
      : board(
            time, wake,
            [this, &broker](link_options options) {
              auto l = std::make_unique<memory_link>(broker, options.client_id, options.will);
              client_ids.push_back(options.client_id);
              made.push_back(l.get());
              return l;
            },
            [this](log_level level, std::string_view message) {
              (level == log_level::error     ? errors
               : level == log_level::warning ? warnings
                                             : infos)
                  .emplace_back(message);
            }) {}
};

struct presence_fixture {
  manual_clock time;
  memory_broker broker;
  link_options lab;
  board_on ours{time, broker};
  presence_board& board = ours.board;
  witness seen{broker};

  presence_fixture() { broker.keep_client_ids_apart(); }

  void follow(const std::vector<device_options>& devices) {
    board.follow(default_namespace(), devices, lab);
    broker.run();
  }
  void set_online(bool online) {
    board.set_online(online);
    broker.run();
  }
  void ring(board_on& which) {
    if (!which.wake.rings(time.now())) return;
    which.board.on_alarm();
  }
  void advance(std::chrono::milliseconds by) {
    time.advance(by);
    ring(ours);
    broker.run();
  }
};

}  // namespace mqcoap::test
