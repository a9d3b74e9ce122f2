#pragma once

#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/resource/action/action.hpp>
#include <mqcoap/resource/collection/collection.hpp>
#include <mqcoap/resource/reply/reply.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "support/lab/desk.hpp"
#include "support/lab/hand_alarm.hpp"

namespace mqcoap::test {

using namespace std::chrono_literals;

inline gateway_options two_devices() {
  gateway_options options{80, default_namespace(), {}, {}, {}, {}};
  reply_options large;
  large.body = json_text::from_string(std::string(6000, 'x'));
  value_options store;
  store.methods = method_set::all();
  options.devices.push_back({*device_tag::parse("GW_1"),
                             {},
                             {},
                             {{"large", {}, {}, large},
                              {"fire", {}, {}, action_options{}},
                              {"store", {}, {}, store},
                              {"list", {}, {}, collection_options{}}}});
  options.devices.push_back({*device_tag::parse("GW_2"), {}, {}, {}});
  options.proxy.forward = *device_tag::parse("GW_1");
  options.proxy.routes.emplace_back().timeout = 1s;
  return options;
}

/// A gateway with two devices on a broker in memory.
struct gateway_fixture {
  manual_clock time;
  hand_alarm wake;
  memory_broker broker;
  memory_link lab{broker, "lab"};
  desk caller{broker};
  int ready = 0;
  std::vector<request_record> records;
  bool log_fails = false;
  std::vector<std::string> errors;
  gateway tested{two_devices(), {&lab}, time, wake, hooks()};

  gateway_hooks hooks() {
    gateway_hooks made;
    made.ready = [this] { ++ready; };
    made.log = [this](const request_record& r) {
      if (log_fails) throw std::bad_alloc();
      records.push_back(r);
    };
    made.notice = [this](log_level level, std::string_view message) {
      if (level == log_level::error) errors.emplace_back(message);
    };
    return made;
  }
  void start() {
    tested.start();
    broker.run();
  }
  void reconnect() {
    broker.go_down();
    broker.come_up();
    broker.run();
  }
  void get_of(const std::string& device) { ask("GET", "GW_1", "proxy", device + "/axuv/gains"); }
  void ask(const std::string& verb, const std::string& tag, const std::string& subsystem,
           const std::string& path, const std::string& body = "null") {
    caller.send({.verb = verb, .tag = tag, .path = path, .subsystem = subsystem, .body = body});
    broker.run();
  }
};

}  // namespace mqcoap::test
