#include <mqcoap/resource/action/action_run.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <mqcoap/base/units.hpp>
#include <mqcoap/serve/answer_margin.hpp>
#include <mqcoap/serve/outcome_text.hpp>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

using std::chrono::milliseconds;

void action_run::begin(responder&& r, bool has_changed) noexcept {
  caller_ = std::move(r);
  has_done_ = has_changed;
  try {
    prepare();
  } catch (const std::bad_alloc&) {
    return fail_without_message(response_code::service_unavailable);
  }
  go_on();
}

/// Returns the deadline of the steps, which leaves time for sending the answer: a tenth of the caller's
/// timeout, at most 100 ms, as with a forwarded request.
steady_time action_run::deadline_of(const call& c) const noexcept {
  if (c.deadline == steady_time::max()) return c.deadline;
  const auto caller_timeout = c.req.options->timeout;
  if (caller_timeout && c.deadline == c.received + without_margin(*caller_timeout)) return c.deadline;
  const auto margin = std::min<steady_time::duration>((c.deadline - c.received) / 10, milliseconds(100));
  return c.deadline - margin;
}

void action_run::prepare() {
  deadline_ = deadline_of(*caller_);
  caller_.when_cancelled([self = weak_from_this()] {
    const auto run = self.lock();
    if (run && run->caller_) run->leave();
  });
  if (deadline_ == steady_time::max()) return;
  const auto left = std::max(deadline_ - time_.now(), steady_time::duration(0));
  deadline_timer_ = timers_.after(left, [self = weak_from_this()] {
    if (const auto run = self.lock()) run->on_time_over();
  });
}

void action_run::go_on() noexcept try {
  if (next_ < steps_->size()) return begin_step();
  answer done;
  done.code = response_code::valid;
  end(std::move(done));
} catch (const std::bad_alloc&) {
  if (caller_) fail_without_message(response_code::service_unavailable);
} catch (const std::exception& e) {
  fail_unbegun(e.what());
}

void action_run::begin_step() {
  const auto self = shared_from_this();  // the step may destroy the run
  const auto begun = next_;
  auto running = (*steps_)[begun]->begin(*caller_, deadline_,
                                         [weak = weak_from_this(), begun](action_step::outcome how) {
                                           if (const auto run = weak.lock())
                                             run->on_done(begun, std::move(how));
                                         });
  if (caller_ && next_ == begun) running_ = std::move(running);
}

void action_run::on_done(std::size_t step, action_step::outcome how) noexcept try {
  if (!caller_ || step != next_) return;
  running_.reset();
  if (how) return fail(*std::move(how));
  has_done_ = true;
  ++next_;
  go_on();
} catch (const std::bad_alloc&) {
  if (caller_) fail_without_message(how ? how->code : response_code::service_unavailable);
}

void action_run::on_time_over() noexcept try {
  if (!caller_) return;
  const auto waited = std::chrono::duration_cast<milliseconds>(time_.now() - caller_->received);
  fail({response_code::gateway_timeout, "not done within " + to_string(waited) + may_have_run(*caller_)});
} catch (const std::bad_alloc&) {
  if (caller_) fail_without_message(response_code::gateway_timeout);
}

void action_run::fail(step_failure why) {
  auto what = answer::error(why.code, std::string((*steps_)[next_]->name()) + ": " + why.message);
  what.never_run = why.never_run && !has_done_;
  end(std::move(what));
}

void action_run::fail_unbegun(std::string_view why) noexcept try {
  if (caller_) fail({response_code::internal_server_error, std::string(why), true});
} catch (const std::bad_alloc&) {
  if (caller_) fail_without_message(response_code::internal_server_error);
}

void action_run::fail_without_message(response_code code) noexcept {
  leave().fail(code, "out of memory; the request may have been run");
}

void action_run::end(answer&& what) noexcept { leave().respond(std::move(what)); }

/// Ends the run: cancels its step, and notifies its owner.
responder action_run::leave() noexcept {
  const auto self = shared_from_this();
  auto caller = std::move(caller_);
  deadline_timer_.cancel();
  const auto cancelled = std::exchange(running_, nullptr);
  ended_(*this);
  return caller;
}

}  // namespace mqcoap
