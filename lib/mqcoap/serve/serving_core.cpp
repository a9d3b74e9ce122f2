#include <mqcoap/serve/serving_core.hpp>

#include <algorithm>
#include <cstdint>
#include <mqcoap/base/units.hpp>
#include <mqcoap/serve/answer_margin.hpp>
#include <mqcoap/serve/outcome_text.hpp>
#include <new>
#include <string>

namespace mqcoap {
namespace {

/// Returns a 504; its message is left out if allocation fails.
template <class Message>
answer unanswered(const Message& message) noexcept {
  try {
    return answer::error(response_code::gateway_timeout, message());
  } catch (const std::bad_alloc&) {
    answer without_message;
    without_message.code = response_code::gateway_timeout;
    return without_message;
  }
}

}  // namespace

serving_core::serving_core(const clock& time, serving_options options, serving_hooks hooks)
    : time_(time),
      options_(options),
      hooks_(std::move(hooks)),
      failures_(hooks_.log),
      sink_(std::make_shared<sink>(*this)) {}

void serving_core::serve(std::unique_ptr<call> c, std::weak_ptr<reply_sink> answers) {
  // From here on, the responder guarantees an answer.
  ++in_flight_;
  auto& served = *c;
  served.chain = chain_;
  in_chain_ = &served;
  pass(responder(std::move(c), std::move(answers)), 0);
  // If there is no handler timeout, another thread may have answered the call already.
  if (std::exchange(in_chain_, nullptr) != nullptr && options_.handler_timeout.count() > 0) keep_open(served);
}

/// May be called inside `serve`, by the step that holds the call.
void serving_core::resume(responder r) {
  auto& kept = *r.call_;
  open_.remove(kept);
  const auto before = std::exchange(in_chain_, &kept);
  const std::size_t next = ++kept.passed;
  pass(std::move(r), next);
  if (before == &kept) return;
  if (std::exchange(in_chain_, before) != nullptr && options_.handler_timeout.count() > 0) keep_open(kept);
  if (hooks_.resumed) attempt({}, hooks_.resumed);
}

/// Each step takes its own calls and leaves the others to the next one.
void serving_core::pass(responder r, std::size_t from) {
  const auto chain = r->chain;
  for (std::size_t at = from; at < chain->steps().size(); ++at) {
    process(*chain->steps()[at], r);
    if (!r) return;
    ++r.call_->passed;
  }
  std::move(r).refuse(response_code::not_found, "no handler takes this request");
}

void serving_core::process(step& by, responder& r) {
  const auto received = r->received;
  try {
    by.process(r);
  } catch (...) {
    failures_.answer_for(by.name(), r, received);
  }
}

/// Called for a call that a handler, or a step before the admission, has kept. The proxy has
/// its own deadlines.
void serving_core::keep_open(call& c) noexcept {
  if (c.has_deadline) return;
  if (c.deadline == steady_time::max()) c.deadline = deadline_of(c);
  attempt(c.name(), [&] { open_.add(c, c.deadline, *sink_, hooks_.home ? hooks_.home(c) : nullptr); });
}

void serving_core::admit(responder& r) const noexcept {
  auto& c = *r.call_;
  c.admitted = true;
  c.deadline = deadline_of(c);
}

/// A handler has its time from now on, because the call may have waited unread; the caller's time began when
/// the call arrived.
steady_time serving_core::deadline_of(const call& c) const noexcept {
  if (options_.handler_timeout.count() == 0) return steady_time::max();
  const auto deadline = time_.now() + options_.handler_timeout;
  const auto caller_timeout = c.req.options->timeout;
  return caller_timeout ? std::min(deadline, c.received + without_margin(*caller_timeout)) : deadline;
}

/// If one step throws (out of memory), the others still run, so that a shutdown does not wait forever.
void serving_core::finish(call& answered, const answer& what) noexcept {
  answered.finished = time_.now();
  if (in_chain_ == &answered)
    in_chain_ = nullptr;
  else
    open_.remove(answered);
  --in_flight_;
  const auto name = answered.name();
  if (answered.origin) attempt(name, [&] { answered.origin->send(answered, what); });
  for (auto passed = answered.passed; passed > 0; --passed) {
    auto& by = *answered.chain->steps()[passed - 1u];
    if (by.hears_answers()) attempt(name, [&] { by.on_answer(answered, what); });
  }
  end(answered);
}

void serving_core::end(const call& c) noexcept {
  if (c.origin) c.origin->ended();
  if (drained_ && in_flight_ == 0) attempt(c.name(), [&] { std::exchange(drained_, [] {})(); });
}

void serving_core::note_sent(const call& to, const answer& what) noexcept {
  for (std::uint16_t i = 0; i < to.passed; ++i) {
    auto& by = *to.chain->steps()[i];
    if (by.hears_sent()) attempt(to.name(), [&] { by.on_sent(to, what); });
  }
}

void serving_core::withdraw(responder& r, const answer* instead) {
  const auto repeat = std::move(r.call_);
  in_chain_ = nullptr;
  --in_flight_;
  if (instead != nullptr && repeat->origin)
    attempt(repeat->name(), [&] { repeat->origin->send(*repeat, *instead); });
  end(*repeat);
}

void serving_core::expire(steady_time now) {
  attempt({}, [&] { open_.expire(now, [this](const call& c) { return late_handler(c); }); });
  const auto chain = chain_;
  for (const auto& each : chain->steps()) attempt({}, [&] { each->expire(now); });
}

steady_time serving_core::next_deadline() const noexcept {
  return std::min(open_.next_deadline(), chain_->next_deadline());
}

answer serving_core::late_handler(const call& c) {
  if (hooks_.late) hooks_.late();
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - c.received);
  return unanswered([&] {
    return c.target.tag() + '/' + c.target.subsystem() + '/' + std::string(c.original_request().path.key()) +
           " did not answer within " + to_string(waited) + may_have_run(c);
  });
}

void serving_core::drain(std::function<void()> done) {
  drained_ = std::move(done);
  if (in_flight_ == 0) std::exchange(drained_, [] {})();
}

void serving_core::abandon(std::string_view why) {
  open_.end_all(
      [why](const call& c) { return unanswered([&] { return std::string(why) + may_have_run(c); }); });
}

void serving_core::report_failure(std::string_view name, std::string_view why) const noexcept {
  if (hooks_.failed) hooks_.failed(name, why);
}

}  // namespace mqcoap
