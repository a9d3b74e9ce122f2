#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <mqcoap/resource/backend/backend_registry.hpp>
#include <mqcoap/resource/backend/blocking_threads.hpp>
#include <utility>

namespace mqcoap {

/// The services for backends: the event loop, threads for blocking calls, shared objects. One per process; it
/// outlives all resources.
/// @par Threads  All functions on the event loop.
class backend_services {
 public:
  explicit backend_services(const boost::asio::any_io_executor& loop) : loop_(loop), blocking_(loop) {}

  const boost::asio::any_io_executor& loop() const noexcept { return loop_; }
  /// Runs a call that may block; see `blocking_threads::run`.
  void run_blocking(blocking_threads::work call) { blocking_.run(std::move(call)); }
  /// Returns the objects that several resources share and that outlive a reload.
  backend_registry& shared() noexcept { return shared_; }
  /// Returns how many programs of `exec` may run at a time. The gateway sets this, at a reload as well.
  std::size_t exec_places() const noexcept { return exec_places_; }
  void set_exec_places(std::size_t most) noexcept { exec_places_ = most; }

 private:
  const boost::asio::any_io_executor loop_;
  blocking_threads blocking_;
  backend_registry shared_;
  std::size_t exec_places_ = 4;
};

}  // namespace mqcoap
