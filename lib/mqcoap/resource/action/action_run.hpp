#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/resource/action/action_step.hpp>
#include <mqcoap/serve/timer_queue.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap {

/// Runs the steps of an action for one call, in order, and answers it: 203 when the last step is done, or
/// with the error of the first step that fails, prefixed with its name. If the call ends early, the current
/// step is cancelled, and no further one is begun.
/// @par Threads  All functions on the event loop.
class action_run : public std::enable_shared_from_this<action_run> {
 public:
  using step_list = std::vector<std::unique_ptr<action_step>>;

  /// @param steps    at least one
  /// @param ended    called once, before the call is answered; must not throw
  action_run(std::shared_ptr<const step_list> steps, const clock& time, timer_queue& timers,
             std::function<void(const action_run&)> ended)
      : steps_(std::move(steps)), time_(time), timers_(timers), ended_(std::move(ended)) {}

  /// Starts the run. Called once.
  /// @param has_changed  true if values were stored for the call: then it counts as run, whatever
  ///   the steps do
  void begin(responder&& r, bool has_changed) noexcept;

 private:
  steady_time deadline_of(const call& c) const noexcept;
  void prepare();
  void go_on() noexcept;
  void begin_step();
  void on_done(std::size_t step, action_step::outcome how) noexcept;
  void on_time_over() noexcept;
  void fail(step_failure why);
  void fail_unbegun(std::string_view why) noexcept;
  void fail_without_message(response_code code) noexcept;
  void end(answer&& what) noexcept;
  responder leave() noexcept;

  const std::shared_ptr<const step_list> steps_;
  const clock& time_;
  timer_queue& timers_;
  const std::function<void(const action_run&)> ended_;
  responder caller_;  ///< empty when the run is over
  steady_time deadline_ = steady_time::max();
  std::size_t next_ = 0;  ///< the step that runs
  bool has_done_ = false;
  action_step::running running_;
  timer_queue::timer deadline_timer_;
};

}  // namespace mqcoap
