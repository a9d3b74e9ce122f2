#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace mqcoap {

/// Runs calls that may block, such as reading a file, on a few threads, and their results on the event loop.
/// @par Threads  The event loop's.
class blocking_threads {
 public:
  using work = std::function<std::function<void()>()>;

  /// @param loop   runs the results
  /// @param grace  how long the destructor waits for calls that are running
  explicit blocking_threads(boost::asio::any_io_executor loop,
                            std::chrono::milliseconds grace = std::chrono::seconds(1));
  /// Drops the calls that have not begun, and the results of the others. A call that outlasts the grace, on a
  /// file server that hangs for instance, keeps its thread until the process ends.
  ~blocking_threads();
  blocking_threads(const blocking_threads&) = delete;
  blocking_threads& operator=(const blocking_threads&) = delete;

  /// Runs `call` on a thread, and the function that it returns on the loop. Precondition: neither throws.
  /// @param call  must not touch anything that the loop uses
  void run(work call);

 private:
  struct state;
  struct pool;

  /// As many hanging calls delay all others.
  static constexpr std::size_t threads = 8;

  const std::chrono::milliseconds grace_;
  const std::shared_ptr<state> state_;
  std::unique_ptr<pool> pool_;  ///< null until the first call
};

}  // namespace mqcoap
