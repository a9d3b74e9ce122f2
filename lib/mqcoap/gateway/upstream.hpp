#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/gateway/device_statistics.hpp>
#include <mqcoap/gateway/standing_subscription.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/transport/link.hpp>
#include <utility>

namespace mqcoap {

/// A device behind the proxy: its standing subscription, how much it works on, and who waits for it.
struct upstream {
  link& via;
  const namespace_name ns;
  const device_tag tag;
  standing_subscription answers;  ///< nothing is sent before the broker has confirmed it

  const std::shared_ptr<device_statistics> counted;

  using told_handler = std::function<void(upstream&, error_code)>;
  upstream(link& l, namespace_name n, device_tag t, told_handler told, std::shared_ptr<device_statistics> c)
      : via(l),
        ns(std::move(n)),
        tag(std::move(t)),
        answers(l, response_filter(ns, tag),
                [this, told = std::move(told)](error_code ec) { told(*this, ec); }),
        counted(std::move(c)) {}

  std::size_t in_flight = 0;      ///< requests sent and not yet answered
  std::list<request_id> waiting;  ///< not yet sent, in order
  steady_time last_used{};
  bool sending = false;  ///< its queue is being worked off right now
  /// A request that came back, as by a bridge, had its route's whole time and got no answer. Means nothing
  /// once the device has answered anything.
  bool mute_behind_bridge = false;

  bool idle() const noexcept { return in_flight == 0 && waiting.empty(); }
};

}  // namespace mqcoap
