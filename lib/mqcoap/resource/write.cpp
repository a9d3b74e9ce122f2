#include <mqcoap/resource/write.hpp>

#include <exception>
#include <new>
#include <string_view>
#include <utility>

namespace mqcoap {
namespace {

/// Returns an error; its message is left out if allocation fails.
answer write_error(response_code code, std::string_view message, bool never_run) noexcept try {
  return never_run ? answer::refusal(code, message) : answer::error(code, message);
} catch (const std::bad_alloc&) {
  answer without_message;
  without_message.code = code;
  without_message.never_run = never_run;
  return without_message;
}

answer write_refusal(std::string_view message) noexcept {
  return write_error(response_code::service_unavailable, message, true);
}

/// Returns the answer to a request whose changes were not stored, or may not have been.
answer unstored_answer(error_code why) noexcept {
  if (why == errc::timed_out)
    return write_error(response_code::gateway_timeout, "whether this was stored is unknown", false);
  if (why == errc::handler_failed)
    return write_error(response_code::internal_server_error, "checking the request failed", false);
  if (why == errc::too_many_pending)
    return write_refusal("too many changes wait to be stored; try again later");
  if (why == errc::closed) return write_refusal("the gateway is stopping; try again later");
  if (why == errc::storage_full)
    return write_error(response_code::internal_server_error,
                       "there is no room to store the change (disk is full); nothing has changed", true);
  if (why == errc::storage_failed)
    return write_error(response_code::internal_server_error,
                       "storing the change failed, and nothing has changed; see the gateway's log", true);
  if (why == errc::storage_unreachable)
    return write_refusal("the database does not answer, and nothing has changed; try again later");
  if (why == boost::system::errc::not_enough_memory) return write_refusal("out of memory; try again later");
  return write_refusal("it could not be stored, and nothing has changed; try again later");
}

}  // namespace

change_list detail::request_batch::decide() {
  change_list changes;
  if (responder_->ended) return changes;  // its deadline passed while it waited
  answer_ = judge(*responder_, changes);
  return changes;
}

void detail::request_batch::finish(error_code why) noexcept {
  if (why) answer_ = unstored_answer(why);
  if (!then_ || responder_->ended) return std::move(responder_).respond(std::move(answer_));
  try {
    then_(std::move(responder_), std::move(answer_));
  } catch (const std::bad_alloc&) {
    if (responder_)
      std::move(responder_)
          .fail(response_code::service_unavailable, "out of memory; the request may have been run");
  } catch (const std::exception& e) {
    if (responder_) std::move(responder_).fail(response_code::internal_server_error, e.what());
  }
}

void detail::submit_write(resource_state& state, std::unique_ptr<request_batch> made, responder& r) {
  auto& written = *made;
  std::unique_ptr<batch> work = std::move(made);
  try {
    state.submit(work);
  } catch (...) {
    r = written.give_back();
    throw;
  }
}

}  // namespace mqcoap
