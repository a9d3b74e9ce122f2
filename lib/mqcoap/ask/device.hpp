#pragma once

#include <cstddef>
#include <mqcoap/ask/device_link.hpp>
#include <mqcoap/ask/request_queue.hpp>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/exchange/standing_subscription.hpp>
#include <mqcoap/protocol/name.hpp>

namespace mqcoap::ask {

class request_sender;

/// A remote device: its standing subscription, its requests in flight, and its queue.
class device {
 public:
  device(request_sender& by, device_link& link, namespace_name namespace_of, device_tag name);
  device(const device&) = delete;
  device& operator=(const device&) = delete;
  virtual ~device() = default;

  device_link& via;
  const namespace_name ns;
  const device_tag tag;

  /// The load of a device.
  struct load {
    std::size_t in_flight = 0;  ///< sent and not yet answered
    std::size_t waiting = 0;    ///< not yet sent
    std::size_t all() const noexcept { return in_flight + waiting; }
  };
  load now() const noexcept { return {in_flight_, waiting_.size()}; }
  /// Returns true if it may be forgotten.
  bool idle() const noexcept { return now().all() == 0 && !held_; }
  /// Returns true if the broker has confirmed the subscription to its answers on this connection.
  bool confirmed() const noexcept { return answers_.confirmed(); }

 private:
  friend class request_sender;
  friend class outgoing_request;

  standing_subscription answers_;  ///< nothing is sent before it is confirmed
  request_queue waiting_;
  std::size_t in_flight_ = 0;
  steady_time last_used_{};
  bool held_ = false;  ///< its queue is being processed, or one of its requests is ending
};

}  // namespace mqcoap::ask
