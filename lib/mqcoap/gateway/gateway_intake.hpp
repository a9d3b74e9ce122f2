#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mqcoap/gateway/gateway.hpp>
#include <utility>

namespace mqcoap {

/// Where requests come from: a link, the subscriptions that bring them, and the way back for their answers.
/// There is one, and after a reload that made another broker the default, for a while, the one before.
struct gateway::intake final : reply_sink, std::enable_shared_from_this<gateway::intake> {
  intake(gateway& g, link& l) : owner(g), via(&l) {}

  void reply(call& answered, answer&& what) noexcept override {
    owner.reply(*this, answered, std::move(what));
  }
  /// No requests are asked for any more; those on their way still come.
  void unsubscribe() {
    requests.clear();
    outdated.clear();
  }
  bool asks() const noexcept { return !requests.empty() || !outdated.empty(); }
  /// Drops what is no longer wanted, unless the broker still is to confirm what takes its place.
  void drop_outdated() {
    for (const auto& each : requests)
      if (via->up() && each.awaited()) return;
    outdated.clear();
  }

  gateway& owner;
  link* via;
  std::size_t in_flight = 0;  ///< requests that came here and are not answered
  std::list<standing_subscription> requests;
  std::list<standing_subscription> outdated;
};

}  // namespace mqcoap
