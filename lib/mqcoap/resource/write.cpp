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
    return write_error(response_code::internal_server_error, "the request could not be judged", false);
  if (why == errc::too_many_pending)
    return write_refusal("too many changes wait to be stored; try again later");
  if (why == errc::closed) return write_refusal("the gateway is stopping; try again later");
  if (why == errc::storage_full)
    return write_error(response_code::internal_server_error,
                       "the disk is full: it could not be stored, and nothing has changed", true);
  if (why == errc::storage_failed)
    return write_error(response_code::internal_server_error,
                       "the disk failed: it could not be stored, and nothing has changed", true);
  if (why == errc::storage_unreachable)
    return write_refusal("the database does not answer, and nothing has changed; try again later");
  if (why == boost::system::errc::not_enough_memory) return write_refusal("out of memory; try again later");
  return write_refusal("it could not be stored, and nothing has changed; try again later");
}

/// A request that changes cells.
class request_batch final : public batch {
 public:
  request_batch(std::vector<std::shared_ptr<cell>> cells, responder&& r, write_decision&& decide,
                write_continuation&& then) noexcept
      : cells_(std::move(cells)),
        responder_(std::move(r)),
        decide_(std::move(decide)),
        then_(std::move(then)) {}

  std::vector<std::shared_ptr<cell>> cells() const override { return cells_; }
  std::vector<change> decide() override {
    std::vector<change> changes;
    if (responder_->ended) return changes;  // its deadline passed while it waited
    answer_ = decide_(*responder_, changes);
    return changes;
  }
  void finish(error_code why) noexcept override {
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
  responder give_back() noexcept { return std::move(responder_); }

 private:
  const std::vector<std::shared_ptr<cell>> cells_;
  responder responder_;
  const write_decision decide_;
  const write_continuation then_;
  answer answer_;
};

}  // namespace

void write(resource_state& state, std::vector<std::shared_ptr<cell>> cells, responder&& r,
           write_decision decide, write_continuation then) {
  auto made =
      std::make_unique<request_batch>(std::move(cells), std::move(r), std::move(decide), std::move(then));
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
