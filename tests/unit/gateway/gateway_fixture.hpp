#pragma once

#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::test {

using namespace std::chrono_literals;

/// Rings only by hand.
struct no_alarm final : alarm {
  steady_time next{};  ///< what was asked for last
  void wake_at(steady_time when) override { next = when; }
};

/// A caller on the gateway's broker.
struct desk final : link_events {
  memory_link at;
  std::vector<std::string> answers;

  explicit desk(memory_broker& broker) : at(broker, "desk") {
    at.subscribe("+/+/response/GW_1/+", {});
    at.start(*this);
  }
  void on_link_up(mqcoap::link&) noexcept override {}
  void on_link_down(mqcoap::link&, const outage_cause&) noexcept override {}
  void on_message(mqcoap::link&, const inbound& m) noexcept override { answers.emplace_back(m.payload); }
};

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
  no_alarm wake;
  memory_broker broker;
  memory_link lab{broker, "lab"};
  desk caller{broker};
  int ready = 0;
  std::vector<request_record> records;
  bool log_fails = false;
  std::vector<std::string> errors;
  gateway tested{two_devices(), {&lab}, time, wake, hooks()};
  request_id_generator ids;

  gateway_hooks hooks() {
    gateway_hooks made;
    made.ready = [this] { ++ready; };
    made.log = [this](const request_record& r) {
      if (log_fails) throw std::bad_alloc();
      records.push_back(r);
    };
    made.notice = [this](log_level level, std::string_view words) {
      if (level == log_level::error) errors.emplace_back(words);
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
    const std::string id(ids.next().text());
    caller.at.publish("gf_int_v1/" + subsystem + "/request/" + tag + '/' + id,
                      R"({"header":{"method":")" + verb + R"(","path":")" + path + R"(","request_id":")" +
                          id + R"("},"body":)" + body + R"(,"timestamp":"1"})",
                      steady_time::max());
    broker.run();
  }
};

}  // namespace mqcoap::test
