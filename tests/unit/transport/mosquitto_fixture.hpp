#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <mqcoap/transport/log.hpp>
#include <mqcoap/transport/mosquitto_link.hpp>
#include <optional>
#include <string>
#include <utility>

#include "event_loop.hpp"
#include "link_recorder.hpp"

namespace mqcoap::test {

/// A link and its owner, on a loop that is shared with others.
struct client {
  event_loop& loop;
  link_recorder reported;
  std::unique_ptr<mosquitto_link> l;

  client(event_loop& on, link_options options, const clock& time)
      : loop(on),
        l(std::make_unique<mosquitto_link>(on.context().get_executor(), time, std::move(options))) {}

  void start_and_wait() {
    const int before = reported.ups;
    l->start(reported);
    REQUIRE(loop.run_until([&] { return reported.ups > before; }));
  }
  error_code subscribe_and_wait(const std::string& filter) {
    std::optional<error_code> answer;
    l->subscribe(filter, [&](error_code e) { answer = e; });
    CHECK_FALSE(answer);
    REQUIRE(loop.run_until([&] { return answer.has_value(); }));
    return *answer;
  }
  error_code publish(const std::string& topic, std::string_view payload) {
    return l->publish(topic, payload, never);
  }
  bool waits_for(std::string_view payload) {
    return loop.run_until([&] { return reported.got(payload); });
  }
  void stop_and_wait(std::chrono::milliseconds grace) {
    bool stopped = false;
    l->stop(grace, [&] { stopped = true; });
    CHECK_FALSE(stopped);
    REQUIRE(loop.run_until([&] { return stopped; }));
  }
};

inline link_options options_for(std::uint16_t port, mqtt_protocol protocol = mqtt_protocol::automatic) {
  link_options options;
  options.name = "test";
  options.host = "127.0.0.1";
  options.port = port;
  options.protocol = protocol;
  options.log = spdlog_sink();
  return options;
}

}  // namespace mqcoap::test
