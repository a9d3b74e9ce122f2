#pragma once

#include <mqcoap/transport/link.hpp>
#include <string>
#include <vector>

namespace mqcoap::test {

constexpr auto never = steady_time::max();

/// Records the events of a link.
struct link_recorder : link_events {
  struct message {
    std::string topic;
    std::string payload;
    bool retained;
    friend bool operator==(const message&, const message&) = default;
  };

  virtual ~link_recorder() = default;

  int ups = 0;
  int downs = 0;
  outage_cause cause;
  std::string why;  ///< the text of the cause
  std::vector<message> messages;

  void on_link_up(link&) noexcept override { ++ups; }
  void on_link_down(link&, const outage_cause& reason) noexcept override {
    ++downs;
    cause = reason;
    why = reason.message();
  }
  void on_message(link&, const inbound& m) noexcept override {
    messages.push_back({std::string(m.topic), std::string(m.payload), m.retained});
  }

  bool got(std::string_view payload) const {
    for (const auto& m : messages)
      if (m.payload == payload) return true;
    return false;
  }
};

}  // namespace mqcoap::test
