#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/protocol/call.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/serve/chain_builder.hpp>
#include <mqcoap/serve/failed_step.hpp>
#include <mqcoap/serve/open_calls.hpp>
#include <mqcoap/serve/step_chain.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

struct serving_options {
  /// The time in which a kept call must be answered; after that it gets a 504. 0 means no limit.
  std::chrono::milliseconds handler_timeout{0};
};

/// The callbacks from a serving core to its owner.
struct serving_hooks {
  log_sink log{};  ///< receives failures of steps
  /// Called when an action for a call threw, mostly because memory ran out; the other actions were still
  /// performed. Must not throw. @param name  the name of the call's origin
  std::function<void(std::string_view name, std::string_view why)> failed{};
  std::function<void()> late{};  ///< called when a call failed because its handler did not answer in time
  /// Returns the object that owns the handler of a call, which is kept alive until the call has ended. If
  /// this is empty, nothing is kept alive.
  std::function<std::shared_ptr<const void>(const call& kept)> home{};
  /// Called when a call that a step had kept has gone on: the next deadline may be earlier.
  std::function<void()> resumed{};
};

/// Serves calls. Fronts pass them in; each call goes through the steps of a chain until one answers or keeps
/// it, and gets one answer, through its origin. Fails calls whose handlers do not answer in time, and all
/// that are left when it stops. Depends on no transport, and owns no timer and no thread.
/// @par Threads  Used by one thread at a time.
class serving_core {
 public:
  serving_core(const clock& time, serving_options options, serving_hooks hooks);
  serving_core(const serving_core&) = delete;
  serving_core& operator=(const serving_core&) = delete;

  void set_options(serving_options options) noexcept { options_ = options; }
  /// Composes the chain; called again at every reload. Calls under way stay in their old chain.
  /// @param add_steps  adds all steps to a chain_builder, in order. If it throws, the chain is unchanged.
  template <class AddSteps>
  void compose(AddSteps&& add_steps) {
    use(make_chain(add_steps));
  }
  /// @name Composing a chain before it is used; unchanged steps are reused
  /// @{
  template <class AddSteps>
  std::shared_ptr<const step_chain> make_chain(AddSteps&& add_steps) const {
    chain_builder next(*chain_);
    add_steps(next);
    return std::make_shared<const step_chain>(next.take());
  }
  void use(std::shared_ptr<const step_chain> chain) noexcept { chain_ = std::move(chain); }
  /// @}
  const step_chain& chain() const noexcept { return *chain_; }

  /// Ensures that the call is answered, now or later.
  void serve(std::unique_ptr<call> c) { serve(std::move(c), sink_); }
  /// @param answers  accepts the answer, on any thread, and passes it to `finish`
  void serve(std::unique_ptr<call> c, std::weak_ptr<reply_sink> answers);
  void finish(call& answered, const answer& what) noexcept;
  /// Called by the origin of a call when a response was written for the caller.
  void note_sent(const call& to, const answer& what) noexcept;

  /// @name For steps
  /// @{
  /// Records that the call may be run from here on, and sets its deadline.
  void admit(responder& r) const noexcept;
  /// Continues a call that a step has kept: passes it to the next step. Precondition: the call has not ended.
  void resume(responder r);
  /// Returns a pointer that expires when this object is destroyed.
  std::weak_ptr<const void> life() const noexcept { return sink_; }
  /// Removes a call from the chain because it gets the answer of another call.
  /// @param instead  the other call's answer; null if none is sent now
  void withdraw(responder& r, const answer* instead);
  /// Runs an action for a call, and reports an exception to the owner.
  template <class Action>
  void attempt(std::string_view name, Action&& action) const noexcept;
  /// @}

  /// Fails the calls whose deadline has passed, and calls `expire` of the steps.
  void expire(steady_time now);
  /// Returns the earliest time at which `expire` has something to do; `steady_time::max()` if there is none.
  steady_time next_deadline() const noexcept;

  /// Returns the number of calls that are served and not yet answered.
  std::size_t in_flight() const noexcept { return in_flight_; }
  /// Calls `done` once when the last call is answered, possibly inside this call. New calls are rejected by
  /// a step (`refuse_draining`).
  void drain(std::function<void()> done);
  bool draining() const noexcept { return static_cast<bool>(drained_); }
  /// Answers all calls that handlers keep with 504. @param why  the error message
  void abandon(std::string_view why);

 private:
  struct sink final : reply_sink {
    explicit sink(serving_core& c) : core(c) {}
    void reply(call& answered, answer&& what) noexcept override { core.finish(answered, what); }
    serving_core& core;
  };

  void pass(responder r, std::size_t from);
  void process(step& by, responder& r);
  void keep_open(call& c) noexcept;
  steady_time deadline_of(const call& c) const noexcept;
  answer late_handler(const call& c);
  void end(const call& c) noexcept;
  void report_failure(std::string_view name, std::string_view why) const noexcept;

  const clock& time_;
  serving_options options_;
  const serving_hooks hooks_;
  failed_step failures_;
  std::shared_ptr<const step_chain> chain_ = std::make_shared<const step_chain>();
  open_calls open_;                 ///< calls that are kept and will be answered later
  const call* in_chain_ = nullptr;  ///< the call that is going through the chain, until it is answered
  std::size_t in_flight_ = 0;
  std::function<void()> drained_;
  const std::shared_ptr<sink> sink_;  ///< lets later answers detect that the core was destroyed
};

template <class Action>
void serving_core::attempt(std::string_view name, Action&& action) const noexcept try {
  action();
} catch (const std::exception& e) {
  report_failure(name, e.what());
}

}  // namespace mqcoap
