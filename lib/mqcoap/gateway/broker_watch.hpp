#pragma once

#include <mqcoap/transport/link.hpp>
#include <string>
#include <utility>

namespace mqcoap {

/// Detects that a reload has replaced the link of the default broker by one that leads to another broker.
/// That is known when the new link is connected.
class broker_watch {
 public:
  explicit broker_watch(const link& via) noexcept : via_(&via) {}

  /// Uses this link from now on. Call it while the previous one still exists.
  /// @return true if it leads to another broker
  bool use(const link& now) {
    if (&now != via_) {
      if (via_->up()) server_ = via_->server();
      via_ = &now;
      has_moved_ = true;
    }
    return is_another();
  }

  /// Call it when a link is up. Returns true once after `use` if the link leads to another broker.
  bool on_link_up(const link& l) { return &l == via_ && is_another(); }

 private:
  bool is_another() {
    if (!via_->up()) return false;
    const auto left = std::exchange(server_, via_->server());
    return std::exchange(has_moved_, false) && !left.empty() && left != server_;
  }

  const link* via_;
  std::string server_;      ///< the last one that was used; empty if it was never known
  bool has_moved_ = false;  ///< the link was replaced, and its server was not compared yet
};

}  // namespace mqcoap
