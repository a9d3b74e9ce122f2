#include <mqcoap/resource/write.hpp>

#include <utility>

namespace mqcoap {
namespace {

/// A request that changes cells.
class request_batch final : public batch {
 public:
  request_batch(std::vector<std::shared_ptr<cell>> cells, responder&& r, write_decision&& decide) noexcept
      : cells_(std::move(cells)), responder_(std::move(r)), decide_(std::move(decide)) {}

  std::vector<std::shared_ptr<cell>> cells() const override { return cells_; }
  std::vector<change> decide() override {
    std::vector<change> changes;
    if (responder_->ended) return changes;  // its deadline passed before its turn
    answer_ = decide_(*responder_, changes);
    return changes;
  }
  void finish(error_code why) noexcept override {
    if (!why) return std::move(responder_).respond(std::move(answer_));
    if (why == errc::timed_out)
      return std::move(responder_)
          .fail(response_code::gateway_timeout,
                "the gateway is stopping; whether this was stored is unknown");
    if (why == errc::handler_failed)
      return std::move(responder_)
          .fail(response_code::internal_server_error, "the request could not be judged");
    if (why == errc::too_many_pending) return refuse("too many changes wait to be stored; try again later");
    if (why == errc::closed) return refuse("the gateway is stopping; try again later");
    if (why == boost::system::errc::not_enough_memory) return refuse("out of memory; try again later");
    refuse("it could not be stored, and nothing has changed; try again later");
  }
  responder give_back() noexcept { return std::move(responder_); }

 private:
  void refuse(std::string_view words) noexcept {
    std::move(responder_).refuse(response_code::service_unavailable, words);
  }

  const std::vector<std::shared_ptr<cell>> cells_;
  responder responder_;
  const write_decision decide_;
  answer answer_;
};

}  // namespace

void write(resource_state& state, std::vector<std::shared_ptr<cell>> cells, responder&& r,
           write_decision decide) {
  auto made = std::make_unique<request_batch>(std::move(cells), std::move(r), std::move(decide));
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
