#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace mqcoap {

/// Runs calls that may block, such as reading a file, on a few threads, and passes their results to the
/// event loop.
/// @par Threads  All functions on the event loop.
class blocking_threads {
 public:
  using work = std::function<std::function<void()>()>;

  /// @param loop   runs the results
  /// @param grace  how long the destructor waits for calls that are running
  explicit blocking_threads(boost::asio::any_io_executor loop,
                            std::chrono::milliseconds grace = std::chrono::seconds(1));
  /// Drops the calls that have not begun, and the results of the others. A call that outlasts the grace
  /// period, for instance because a file server hangs, keeps its thread until the process exits.
  ~blocking_threads();
  blocking_threads(const blocking_threads&) = delete;
  blocking_threads& operator=(const blocking_threads&) = delete;

  /// Runs `call` on a thread, and the function that it returns on the loop. Precondition: neither throws.
  /// @param call  must not touch anything that the loop uses
  void run(work call);

 private:
  struct state;
  struct pool;

  /// The number of threads. As many hanging calls block all others.
  static constexpr std::size_t threads = 8;

  const std::chrono::milliseconds grace_;
  const std::shared_ptr<state> state_;
  std::unique_ptr<pool> pool_;  ///< null until the first call
};

}  // namespace mqcoap
