#pragma once

#include <list>
#include <mqcoap/gateway/upstream.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <utility>

namespace mqcoap {

/// The place of one request at its device: in the queue, and once it is sent, among those that the device
/// works on. Gives the place back when it is destroyed, so that an exception cannot leave a device busy for
/// ever. The device outlives it.
class device_place {
 public:
  /// Takes a place at the end of the queue.
  device_place(upstream& device, const request_id& id)
      : device_(&device), at_(device.waiting.insert(device.waiting.end(), id)) {}
  device_place(device_place&& other) noexcept
      : device_(std::exchange(other.device_, nullptr)), at_(other.at_), sent_(other.sent_) {}
  device_place& operator=(device_place&&) = delete;
  ~device_place() { leave(); }

  /// True once the device has the request.
  bool sent() const noexcept { return sent_; }

  /// Leaves the queue: the device works on the request. Precondition: it is in the queue.
  void note_sent() noexcept {
    device_->waiting.erase(at_);
    ++device_->in_flight;
    sent_ = true;
  }

  /// Gives the place back. Does nothing the second time.
  void leave() noexcept {
    auto* const device = std::exchange(device_, nullptr);
    if (device == nullptr) return;
    if (sent_)
      --device->in_flight;
    else
      device->waiting.erase(at_);
  }

 private:
  upstream* device_;  ///< null: the place is given back
  std::list<request_id>::iterator at_;
  bool sent_ = false;
};

}  // namespace mqcoap
