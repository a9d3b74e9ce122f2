#include <mqcoap/client/inquiry.hpp>

#include <mqcoap/base/units.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/transport/packet_limit.hpp>
#include <new>
#include <utility>

namespace mqcoap {

using cause = ask::failure::cause;

answer made_up_answer(error_code error, std::string_view message) noexcept {
  const auto code =
      error == errc::timed_out ? response_code::gateway_timeout : response_code::service_unavailable;
  try {
    return answer::error(code, message.empty() ? std::string_view(error.message()) : message);
  } catch (const std::bad_alloc&) {
    answer without_message;
    without_message.code = code;
    return without_message;
  }
}

requester::inquiry::inquiry(requester& of, const request_id& id, request_spec what, completion done,
                            std::chrono::milliseconds timeout, when_disconnected if_disconnected)
    : outgoing_request(id, of.time_.now() + timeout),
      of_(of),
      what_(std::move(what)),
      done_(std::move(done)),
      timeout_(timeout),
      if_disconnected_(if_disconnected) {}

void requester::inquiry::encode(std::string& payload) {
  const request out{what_.verb,
                    what_.to.path,
                    id(),
                    what_.correlation_id,
                    std::move(what_.token),
                    of_.source_,
                    std::move(what_.body),
                    of_.time_.wall(),
                    std::move(what_.options),
                    {}};
  mqcoap::encode(payload, out);
}

void requester::inquiry::answered(response&& what) noexcept {
  const exchange of{std::move(what_.to), what_.verb,
                    std::chrono::duration_cast<std::chrono::microseconds>(of_.time_.now() - sent_at())};
  error_code error;
  try {
    error = of_.chain_.run(of, what);
  } catch (const std::bad_alloc&) {
    error = make_error_code(boost::system::errc::not_enough_memory);
  }
  of_.complete(std::move(done_), error, std::move(what));
}

void requester::inquiry::failed(const ask::failure& why) noexcept {
  const auto error = error_of(why);
  auto made = made_up_answer(error, message_of(why));
  // A request that is too large is never sent.
  made.never_run = !sent() || (why.why == cause::not_sendable && why.error == errc::too_large);
  of_.complete(std::move(done_), error, response{std::move(made), std::move(what_.to.path), id(), {}, {}});
}

error_code requester::inquiry::error_of(const ask::failure& why) const noexcept {
  switch (why.why) {
    case cause::deadline: return errc::timed_out;
    case cause::link_lost: return sent() ? errc::connection_lost : errc::not_connected;
    case cause::unusable: return errc::unusable_answer;
    case cause::no_memory: return make_error_code(boost::system::errc::not_enough_memory);
    case cause::not_confirmed:
    case cause::not_sendable:
    case cause::ended: break;
  }
  return why.error;
}

/// Returns the text of a failure; empty if the error's own message suffices, or if memory allocation fails.
std::string requester::inquiry::message_of(const ask::failure& why) const noexcept try {
  switch (why.why) {
    case cause::deadline: return silence_text();
    case cause::link_lost: return std::string(why.message) + may_have_run();
    case cause::unusable: return std::string(why.message) + may_have_run();
    case cause::no_memory: return "out of memory for the answer of " + what_.to.tag.text() + may_have_run();
    case cause::not_confirmed:
      return "the broker does not allow this client to read the answers of " + what_.to.tag.text() +
             "; check its access control list";
    case cause::not_sendable: return unsent_text(why);
    case cause::ended: break;
  }
  return std::string(why.message);
} catch (const std::bad_alloc&) {
  return {};
}

std::string requester::inquiry::unsent_text(const ask::failure& why) const {
  const auto* const via = of_.via_.over();
  if (why.error == errc::too_large && via != nullptr)
    return too_large_text("the request", why.bytes, via->name(), via->largest_packet());
  if (why.error == errc::timed_out) return silence_text();
  if (why.error == errc::denied && sent())
    return "the broker does not allow this client to send requests to " + what_.to.tag.text() +
           "; check its access control list";
  return {};
}

std::string requester::inquiry::silence_text() const {
  const auto message = what_.to.tag.text() + " did not answer within " + to_string(timeout_);
  if (sent()) return message + may_have_run();
  return message + (of_.via_.up()
                        ? "; the request was not sent: the broker has not confirmed the subscription "
                          "to its answers"
                        : "; the request was not sent: there was no connection to the broker");
}

/// Returns the text that is appended for a request that was sent and has no answer.
std::string requester::inquiry::may_have_run() const {
  if (!sent() || what_.verb == method::get) return {};
  return "; the " + std::string(to_string(what_.verb)) + " may have been run";
}

}  // namespace mqcoap
