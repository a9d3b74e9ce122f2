#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace mqcoap {

/// Runs a blocking call on a separate thread and posts its result to the executor. The thread is never
/// joined: such a call may take a minute to fail, and neither stopping nor exiting the program may take that
/// long. At most one thread runs at a time. If allocation fails even for reporting a failure, the callback is
/// not called, and the next call starts a new thread.
/// @par Threads  Everything on the executor, which is serial.
/// @tparam Thread  the class that runs the call
template <class Result, class Thread = std::thread>
class background_call {
 public:
  using work = std::function<Result()>;
  using handler = std::function<void(Result)>;
  /// Creates the result if no thread can be started, or the call throws. @param why  the reason
  using fallback = Result (*)(std::string why);

  background_call(boost::asio::any_io_executor executor, fallback otherwise)
      : state_(std::make_shared<state>()) {
    state_->executor = std::move(executor);
    state_->otherwise = otherwise;
  }
  /// Does not wait for a running call, whose result is dropped.
  ~background_call() { close(); }
  background_call(const background_call&) = delete;
  background_call& operator=(const background_call&) = delete;

  /// Calls `done` with the result, never inside this call. If an older call is running, its result is used
  /// instead. `done` replaces the previous callback.
  void begin(work call, handler done) {
    state_->waiting = std::move(done);
    if (state_->running.exchange(true)) return;
    try {
      Thread([s = state_, call = std::move(call)] {
        settle(s, [&] { return result_of(call, s->otherwise); });
      }).detach();
    } catch (const std::exception& e) {
      settle(state_, [&] { return state_->otherwise(std::string("no thread to do it: ") + e.what()); });
    }
  }
  /// Drops the callback.
  void cancel() noexcept { state_->waiting = nullptr; }
  /// Drops the callback and the executor, which may be destroyed after this call.
  void close() noexcept {
    cancel();
    const std::scoped_lock hold(state_->lock);
    state_->executor.reset();
  }

 private:
  /// Shared with the thread, which may outlive everything else. The lock protects only the executor;
  /// `waiting` is used only on the executor.
  struct state {
    std::mutex lock;
    std::optional<boost::asio::any_io_executor> executor;  ///< none after `close`
    fallback otherwise = nullptr;
    handler waiting;
    std::atomic<bool> running = false;
  };

  static Result result_of(const work& call, fallback otherwise) {
    try {
      return call();
    } catch (const std::exception& e) {
      return otherwise(e.what());
    } catch (...) {
      return otherwise("it failed");
    }
  }

  /// Posts the result of `make` to the executor. If that throws, the next call can start a new thread.
  template <class Make>
  static void settle(const std::shared_ptr<state>& s, Make make) noexcept {
    try {
      answer(s, make());
    } catch (...) {
      s->running = false;
    }
  }

  static void answer(const std::shared_ptr<state>& s, Result result) {
    const std::scoped_lock hold(s->lock);
    if (!s->executor) return;
    boost::asio::post(*s->executor, [s, result = std::move(result)]() mutable {
      s->running = false;
      if (const auto waiting = std::exchange(s->waiting, nullptr)) waiting(std::move(result));
    });
  }

  std::shared_ptr<state> state_;
};

}  // namespace mqcoap
