#pragma once

#include <cstddef>
#include <limits>
#include <mqcoap/ask/failure.hpp>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/protocol/request_id.hpp>
#include <mqcoap/protocol/resource_path.hpp>
#include <mqcoap/protocol/response.hpp>
#include <string>

namespace mqcoap::ask {

class device;

/// A request to a device, from its entry into the device's queue until it ends by exactly one call of
/// `answered` or `failed`. Occupies a place at its device, in the queue or in flight, and frees it when it
/// ends or is destroyed, so that an exception cannot leave a device busy forever. The device outlives it.
class outgoing_request {
 public:
  outgoing_request(const outgoing_request&) = delete;
  outgoing_request& operator=(const outgoing_request&) = delete;
  virtual ~outgoing_request() { leave(); }

  const request_id& id() const noexcept { return id_; }
  steady_time deadline() const noexcept { return deadline_; }
  /// Returns true once the device's link has accepted it; never becomes false again.
  bool sent() const noexcept { return sent_; }
  steady_time sent_at() const noexcept { return sent_at_; }

  virtual const subsystem_name& subsystem() const noexcept = 0;
  virtual const resource_path& path() const noexcept = 0;

 protected:
  outgoing_request(const request_id& id, steady_time deadline) : id_(id), deadline_(deadline) {}

  /// Precondition: the request is in a queue.
  device& at() const noexcept { return *device_; }

 private:
  friend class request_sender;
  friend class request_queue;

  /// Returns the limit of the device's requests in flight. The request is sent only when there are fewer.
  virtual std::size_t most_in_flight() const noexcept { return std::numeric_limits<std::size_t>::max(); }
  /// Returns true if the request continues to wait when its link goes down before it was sent.
  virtual bool outlasts_outage() const noexcept { return false; }
  /// Appends the payload. Called once.
  virtual void encode(std::string& payload) = 0;
  /// Called once, when the link has accepted it.
  virtual void on_sent() noexcept {}
  /// Builds the caller's answer from the device's. May throw std::bad_alloc: then the request
  /// ends with `failure::cause::no_memory`.
  virtual void prepare(response& from_device) { static_cast<void>(from_device); }
  virtual void answered(response&& what) noexcept = 0;
  virtual void failed(const failure& why) noexcept = 0;

  void leave() noexcept;

  const request_id id_;
  const steady_time deadline_;
  steady_time sent_at_{};
  device* device_ = nullptr;
  outgoing_request* before_ = nullptr;  ///< in the queue of its device
  outgoing_request* behind_ = nullptr;
  bool has_place_ = false;
  bool sent_ = false;
};

}  // namespace mqcoap::ask
