#include <mqcoap/client/coroutine_call.hpp>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <mqcoap/base/units.hpp>
#include <mqcoap/client/response_exception.hpp>
#include <mqcoap/serve/answer_margin.hpp>
#include <mqcoap/serve/outcome_text.hpp>
#include <string>
#include <utility>

namespace mqcoap {
namespace {

using std::chrono::milliseconds;

call copy_of(const call& c) {
  call copy{c.target, c.req, c.received};
  copy.rest_at = c.rest_at;
  copy.origin = c.origin;
  copy.deadline = c.deadline;
  return copy;
}

}  // namespace

coroutine_call::coroutine_call(std::shared_ptr<const request_handler> h, const call& c,
                               std::shared_ptr<failed_step> failures)
    : handler_(std::move(h)), failures_(std::move(failures)), call_(copy_of(c)) {}

void coroutine_call::begin(const executor& serial, client_environment& in, responder& r) {
  const auto until = find_limit(in.time().now());
  if (until.over)
    return std::move(r).refuse(
        response_code::gateway_timeout,
        "the time of the request was over before the handler '" + handler_->name + "' began; it was not run");
  auto body = handler_->process(call_);
  if (until.at != steady_time::max()) set_alarm(serial, in, until);
  r.when_cancelled([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->stop();
  });
  r_ = std::move(r);
  try {
    boost::asio::co_spawn(
        serial, std::move(body),
        boost::asio::bind_cancellation_slot(
            stop_.slot(), [self = shared_from_this()](std::exception_ptr thrown, answer what) {
              self->end(thrown, std::move(what));
            }));
  } catch (...) {
    r = std::move(r_);
    throw;
  }
}

/// Returns the earlier one of two limits: the handler's timeout, from now on, and that of the request, from
/// its arrival, since the caller waits no longer.
coroutine_call::limit coroutine_call::find_limit(steady_time now) const {
  limit found;
  const auto longest = std::chrono::duration_cast<milliseconds>(steady_time::max() - now);
  if (handler_->timeout.count() > 0 && handler_->timeout < longest)
    found = {now + handler_->timeout, handler_->timeout, false};
  if (const auto caller_timeout = call_.req.options->timeout) {
    const auto most = without_margin(*caller_timeout);
    const auto at = call_.received + most;
    if (at < found.at) found = {at, most, at <= now};
  }
  return found;
}

void coroutine_call::set_alarm(const executor& serial, client_environment& in, const limit& until) {
  deadline_ = in.make_alarm(serial, [weak = weak_from_this(), most = until.most] {
    if (const auto self = weak.lock())
      self->give_up("the handler '" + self->handler_->name + "' did not answer within " + to_string(most));
  });
  deadline_->wake_at(until.at);
}

void coroutine_call::give_up(std::string_view why) {
  const auto self = shared_from_this();  // the coroutine's reaction to the cancellation may end it
  if (r_) {
    const auto message = std::string(why) + may_have_run(*r_);
    std::move(r_).fail(response_code::gateway_timeout, message);
  }
  stop();
}

/// Cancellation runs user code, which may throw anything.
void coroutine_call::stop() noexcept try {
  const auto self = shared_from_this();
  stop_.emit(boost::asio::cancellation_type::terminal);
} catch (...) {
  // The coroutine may end later; its caller has already been answered.
}

void coroutine_call::end(std::exception_ptr thrown, answer&& what) {
  deadline_.reset();
  if (!r_) return;  // already answered on the coroutine's behalf
  if (!thrown) return std::move(r_).respond(std::move(what));
  try {
    std::rethrow_exception(thrown);
  } catch (const response_exception& e) {
    failures_->answer_for(handler_->name, r_, e.response_code(), e.detail());
  } catch (...) {
    failures_->answer_for(handler_->name, r_, call_.received);
  }
}

}  // namespace mqcoap
