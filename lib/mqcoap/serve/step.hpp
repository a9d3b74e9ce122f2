#pragma once

#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/call.hpp>
#include <mqcoap/protocol/responder.hpp>
#include <mqcoap/protocol/response.hpp>
#include <string_view>

namespace mqcoap {

/// One step on the path of a call to its answer, and of the answer back. A step that can be recomposed
/// (chain_builder) has comparable `options`: it survives a reload, with its state, if they are unchanged.
/// @par Threads  Used by one thread, that of the serving core.
class step {
 public:
  virtual ~step() = default;

  /// Returns the name for the log, and for the answer if the step fails.
  virtual std::string_view name() const noexcept = 0;

  /// Answers the call, takes it to answer later, or leaves it in `r` for the next step. May change the
  /// request (`r.edit()`). An exception answers the call: std::bad_alloc with 503, any other with 500.
  virtual void process(responder& r) = 0;

  /// Called when a call that this step left to the next one is answered: once, after the answer was passed to
  /// the call's origin, and before the earlier steps are called. Not called for a repeat, which gets the
  /// answer of another call.
  virtual void on_answer(const call& /*c*/, const answer& /*what*/) { hears_answers_ = false; }
  /// Called when a response was written for the caller of a call that this step left to the next one: the
  /// answer, its replacement if it is too large or memory runs out, or another call's answer for a repeat.
  virtual void on_sent(const call& /*c*/, const answer& /*what*/) { hears_sent_ = false; }

  /// Called when the time that `next_deadline` returned has come.
  virtual void expire(steady_time /*now*/) {}
  virtual steady_time next_deadline() const noexcept { return steady_time::max(); }

  /// Returns false once a call has shown that the step does not override `on_answer` or `on_sent`,
  /// respectively: most steps do not, and then are not called again.
  bool hears_answers() const noexcept { return hears_answers_; }
  bool hears_sent() const noexcept { return hears_sent_; }

 private:
  bool hears_answers_ = true;
  bool hears_sent_ = true;
};

}  // namespace mqcoap
