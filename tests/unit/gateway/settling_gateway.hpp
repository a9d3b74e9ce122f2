#pragma once

#include <chrono>
#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/transport/memory_link.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "support/lab/desk.hpp"
#include "support/lab/hand_alarm.hpp"

namespace mqcoap::test {

using namespace std::chrono_literals;

/// Delivers messages and rings the alarm until nothing more happens. The clock stands still in the meantime.
template <class Woken>
void settle(memory_broker& broker, hand_alarm& wake, const clock& time, Woken& woken) {
  while (true) {
    const auto moved = broker.run();
    const bool rings = wake.rings(time.now());
    if (rings) woken.on_alarm();
    if (moved == 0 && !rings) return;
  }
}

/// A gateway on a broker in memory that completes all work that is ready before the test continues. A fixture
/// that derives from this and gives the gateway further objects (links, hooks, a store) resets `tested` in
/// its destructor.
struct settling_gateway {
  manual_clock time;
  hand_alarm wake;
  memory_broker broker;
  memory_link lab{broker, "lab"};
  desk caller{broker};
  gateway_options options{80, default_namespace(), {}, {}, {}, {}};
  std::optional<gateway> tested;

  void start(gateway_hooks hooks = {}) {
    tested.emplace(options, std::vector<mqcoap::link*>{&lab}, time, wake, std::move(hooks));
    tested->start();
    settle();
  }
  void settle() { test::settle(broker, wake, time, *tested); }
  void pass(std::chrono::milliseconds by) {
    time.advance(by);
    settle();
  }
};

}  // namespace mqcoap::test
