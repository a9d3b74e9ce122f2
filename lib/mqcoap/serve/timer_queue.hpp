#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/exchange/pending_table.hpp>
#include <utility>

namespace mqcoap {

/// Calls functions at scheduled times, for handlers that poll or wait. Owns no event loop: its owner queries
/// the next deadline and calls `expire`.
/// @par Threads  Used by one thread, that of the handlers.
class timer_queue {
 public:
  /// A scheduled call. Cancels the call when it is destroyed; may outlive the queue.
  class timer {
   public:
    timer() noexcept = default;
    timer(timer&& other) noexcept
        : queue_(std::exchange(other.queue_, {})), id_(std::exchange(other.id_, 0)) {}
    timer& operator=(timer&& other) noexcept {
      if (this != &other) {
        cancel();
        queue_ = std::exchange(other.queue_, {});
        id_ = std::exchange(other.id_, 0);
      }
      return *this;
    }
    ~timer() { cancel(); }

    void cancel() noexcept {
      const auto queue = std::exchange(queue_, {}).lock();
      if (queue) (*queue)->waiting_.take(id_);
    }

   private:
    friend class timer_queue;
    timer(std::weak_ptr<timer_queue*> queue, std::uint64_t id) noexcept : queue_(std::move(queue)), id_(id) {}

    std::weak_ptr<timer_queue*> queue_;
    std::uint64_t id_ = 0;
  };

  /// @param changed  called when the next deadline becomes earlier; may be empty
  explicit timer_queue(const clock& time, std::function<void()> changed = {})
      : time_(time), changed_(std::move(changed)) {}
  timer_queue(const timer_queue&) = delete;
  timer_queue& operator=(const timer_queue&) = delete;

  /// Calls `then` once after `wait`, from `expire`, never inside this call.
  [[nodiscard]] timer after(steady_time::duration wait, std::function<void()> then) {
    const auto before = waiting_.earliest();
    const auto at = time_.now() + wait;
    waiting_.add(++last_, at, std::move(then));
    timer made(alive_, last_);
    if (at < before && changed_) changed_();
    return made;
  }

  /// Calls all due functions, in the order of their deadlines. Functions that these calls schedule wait for
  /// the next call of `expire`, even if they are due at once; so do the remaining ones if a function throws.
  void expire(steady_time now) {
    for (auto most = waiting_.size(); most > 0; --most) {
      const auto due = waiting_.take_expired(now);
      if (!due) return;
      due->second();
    }
  }
  /// Returns the earliest deadline; `steady_time::max()` if nothing waits.
  steady_time next_deadline() const noexcept { return waiting_.earliest(); }

 private:
  const clock& time_;
  const std::function<void()> changed_;
  pending_table<std::function<void()>, std::uint64_t, std::hash<std::uint64_t>> waiting_;
  std::uint64_t last_ = 0;
  const std::shared_ptr<timer_queue*> alive_ = std::make_shared<timer_queue*>(this);
};

}  // namespace mqcoap
