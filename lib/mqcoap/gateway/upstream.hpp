#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <utility>

namespace mqcoap {

/// A device behind the proxy: its standing subscription, how much it works on, and who waits for it.
struct upstream {
  enum class state : std::uint8_t {
    subscribing,  ///< nothing is sent before the broker confirmed the subscription to the answers
    ready,
  };

  link& via;
  const namespace_name ns;
  const device_tag tag;
  const std::string filter;  ///< of its answers

  upstream(link& l, namespace_name n, device_tag t)
      : via(l), ns(std::move(n)), tag(std::move(t)), filter(response_filter(ns, tag)) {}

  state now = state::subscribing;
  std::size_t in_flight = 0;       ///< requests sent and not yet answered
  std::deque<request_id> waiting;  ///< in order; an id whose request ended meanwhile is passed over
  std::size_t waiting_count = 0;   ///< without those that ended
  steady_time last_used{};
  bool sending = false;  ///< its queue is being worked off right now

  bool idle() const noexcept { return now == state::ready && in_flight == 0 && waiting_count == 0; }
};

}  // namespace mqcoap
