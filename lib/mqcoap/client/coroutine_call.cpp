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
  auto body = handler_->process(call_);
  limit(serial, in);
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

/// Limits the coroutine to the handler's timeout, from now on, and to that of the request, from its arrival:
/// the caller waits no longer than that.
void coroutine_call::limit(const executor& serial, client_environment& in) {
  auto deadline = steady_time::max();
  auto most = milliseconds::max();
  if (handler_->timeout.count() > 0) {
    most = handler_->timeout;
    deadline = in.time().now() + most;
  }
  if (const auto caller_timeout = call_.req.options->timeout) {
    most = std::min(most, *caller_timeout);
    deadline = std::min(deadline, call_.received + without_margin(*caller_timeout));
  }
  if (deadline == steady_time::max()) return;
  deadline_ = in.make_alarm(serial, [weak = weak_from_this(), most] {
    if (const auto self = weak.lock())
      self->give_up("the handler '" + self->handler_->name + "' did not answer within " + to_string(most));
  });
  deadline_->wake_at(deadline);
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
