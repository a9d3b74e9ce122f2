#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <mqcoap/resource/backend/backend_registry.hpp>
#include <optional>
#include <utility>

namespace mqcoap {

/// What backends need beside what every resource has. One for a process; it outlives all resources.
/// @par Threads  The event loop's.
class backend_services {
 public:
  explicit backend_services(boost::asio::any_io_executor loop) : loop_(std::move(loop)) {}
  ~backend_services() {
    if (!blocking_) return;
    blocking_->stop();
    blocking_->join();
  }
  backend_services(const backend_services&) = delete;
  backend_services& operator=(const backend_services&) = delete;

  const boost::asio::any_io_executor& loop() const noexcept { return loop_; }
  /// Runs `work` on a thread where it may block, and then what it returns on the loop. Precondition: neither
  /// throws.
  /// @param work  must touch nothing that the loop uses
  void run_blocking(std::function<std::function<void()>()> work) {
    if (!blocking_) blocking_.emplace(threads);
    boost::asio::post(*blocking_,
                      [loop = loop_, work = std::move(work)] { boost::asio::post(loop, work()); });
  }
  /// Backends that several resources share, and that outlive a reload.
  backend_registry& shared() noexcept { return shared_; }
  /// Programs of `exec` that may run at a time. The gateway sets it, at a reload as well.
  std::size_t exec_places() const noexcept { return exec_places_; }
  void set_exec_places(std::size_t most) noexcept { exec_places_ = most; }

 private:
  /// So many files of a file server that hangs keep the others waiting.
  static constexpr std::size_t threads = 8;

  const boost::asio::any_io_executor loop_;
  std::optional<boost::asio::thread_pool> blocking_;  ///< made when it is needed
  backend_registry shared_;
  std::size_t exec_places_ = 4;
};

}  // namespace mqcoap
