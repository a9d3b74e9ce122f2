#pragma once

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/client/client_environment.hpp>
#include <new>
#include <optional>
#include <tuple>
#include <utility>

namespace mqcoap {

/// Completes a handler on its own executor; without one, on the client's strand, that is, inside
/// this call.
/// @par Threads  On the client's strand.
template <class... Results>
void complete(const boost::asio::any_io_executor& serial,
              boost::asio::any_completion_handler<void(Results...)> done, Results... results) {
  const boost::asio::any_completion_executor here(std::nothrow, serial);
  const auto where = boost::asio::get_associated_executor(done, here);
  if (!where) throw std::bad_alloc();  // Asio leaves an empty executor behind when its allocation fails
  auto call = [done = std::move(done)](Results... with) mutable {
    auto slot = boost::asio::get_associated_cancellation_slot(done);
    if (slot.is_connected()) slot.clear();
    std::move(done)(std::move(with)...);
  };
  // A dispatch would run it here as well, after it had moved the results several times.
  if (where == here) return call(std::move(results)...);
  boost::asio::dispatch(where, [call = std::move(call), ... results = std::move(results)]() mutable {
    call(std::move(results)...);
  });
}

/// Completes a handler in the same way, but never inside this call.
template <class... Results>
void deliver(const boost::asio::any_io_executor& serial,
             boost::asio::any_completion_handler<void(Results...)> done, Results... results) {
  boost::asio::post(serial, [serial, done = std::move(done), ... results = std::move(results)]() mutable {
    complete<Results...>(serial, std::move(done), std::move(results)...);
  });
}

/// Creates the result of an operation that completes with an error.
template <class Result>
struct no_result {
  static Result make() { return {}; }
};

/// A pending operation of any signature.
class operation_base {
 public:
  virtual ~operation_base() = default;
  virtual bool pending() const noexcept = 0;
  /// Completes it with errc::closed, if it is pending.
  virtual void close() = 0;
  /// Completes it if it has an outcome but allocating its completion failed.
  virtual void retry() = 0;
};

/// An asynchronous operation that completes once: with its outcome, by cancellation, or at its deadline,
/// whichever comes first. If memory allocation fails while completing it, it stores the first outcome and can
/// be completed again.
/// @par Threads  `finish` and `pending` on the client's strand.
template <class Error, class... Results>
class operation final : public operation_base,
                        public std::enable_shared_from_this<operation<Error, Results...>> {
 public:
  using completion = boost::asio::any_completion_handler<void(Error, Results...)>;

  /// Creates an operation, on the thread that initiates it.
  static std::shared_ptr<operation> make(const boost::asio::any_io_executor& serial, completion done) {
    auto slot = boost::asio::get_associated_cancellation_slot(done);
    auto made = std::make_shared<operation>(serial, std::move(done));
    if (slot.is_connected()) {
      slot.assign([weak = std::weak_ptr(made)](boost::asio::cancellation_type) {
        if (const auto self = weak.lock())
          boost::asio::post(self->serial_, [self] { self->finish(boost::asio::error::operation_aborted); });
      });
    }
    return made;
  }
  operation(boost::asio::any_io_executor serial, completion done)
      : serial_(std::move(serial)), done_(std::move(done)) {}

  bool pending() const noexcept override { return done_ && !completing_; }
  /// Returns true if it has ended, even if its completion could not be allocated yet.
  bool has_outcome() const noexcept { return outcome_.has_value(); }
  void close() override { finish(errc::closed); }
  void retry() override {
    if (outcome_) post();
  }

  /// Sets a function that undoes what the operation began; it runs before the operation completes
  /// with an error.
  void when_it_fails(std::function<void()> undo) { undo_ = std::move(undo); }

  void finish(Error error, Results... results) {
    if (!pending()) return;
    if (const auto undo = std::exchange(undo_, nullptr); undo && error && !outcome_) undo();
    if (!outcome_) outcome_.emplace(std::move(error), std::move(results)...);
    post();
  }
  void finish(Error error) requires(sizeof...(Results) > 0) {
    finish(std::move(error), no_result<Results>::make()...);
  }

  /// Sets the time at which the operation fails.
  /// @param why  returns the error; empty: errc::timed_out
  void expire_at(steady_time when, client_environment& in, std::function<Error()> why = {}) {
    deadline_ = in.make_alarm(serial_, [weak = this->weak_from_this(), why = std::move(why)] {
      if (const auto self = weak.lock()) self->finish(why ? why() : Error(errc::timed_out));
    });
    deadline_->wake_at(when);
  }

 private:
  /// Posts the completion, so that it never runs inside this call.
  void post() {
    if (!pending()) return;
    boost::asio::post(serial_, [self = this->shared_from_this()] { self->complete_now(); });
    completing_ = true;
    deadline_.reset();
  }
  void complete_now() {
    auto done = std::exchange(done_, nullptr);
    std::apply(
        [&](auto&... results) {
          complete<Error, Results...>(serial_, std::move(done), std::move(results)...);
        },
        *outcome_);
  }

  const boost::asio::any_io_executor serial_;
  completion done_;
  std::optional<std::tuple<Error, Results...>> outcome_;  ///< set when the operation ends
  bool completing_ = false;                               ///< `complete_now` is posted
  std::function<void()> undo_;
  std::unique_ptr<alarm> deadline_;
};

}  // namespace mqcoap
