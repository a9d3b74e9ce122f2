#include <mqcoap/exchange/standing_subscription.hpp>

#include <cstdint>
#include <utility>

namespace mqcoap {

struct standing_subscription::shared {
  shared(subscriber& s, outcome_handler t) : via(s), handler(std::move(t)) {}

  enum class state : std::uint8_t { idle, requested, confirmed };
  subscriber& via;
  outcome_handler handler;
  state now = state::idle;
};

standing_subscription::standing_subscription(subscriber& via, std::string filter, outcome_handler handler)
    : via_(via), filter_(std::move(filter)), shared_(std::make_shared<shared>(via, std::move(handler))) {}

standing_subscription::~standing_subscription() { unsubscribe(); }

bool standing_subscription::confirmed() const noexcept { return shared_->now == shared::state::confirmed; }

bool standing_subscription::awaited() const noexcept { return shared_->now == shared::state::requested; }

void standing_subscription::ask() {
  if (confirmed()) return;
  // The link keeps the handler until the broker has answered, even over reconnects, so one is enough.
  if (std::exchange(shared_->now, shared::state::requested) == shared::state::requested)
    return via_.subscribe(filter_, {});
  try {
    via_.subscribe(filter_, [weak = std::weak_ptr(shared_)](error_code ec) {
      const auto self = weak.lock();
      if (!self || ec == errc::closed) return;
      // Ignores answers that arrived before the connection was lost.
      const bool counts = self->via.up();
      self->now = counts && !ec ? shared::state::confirmed : shared::state::idle;
      if (counts) self->handler(ec);
    });
  } catch (...) {
    shared_->now = shared::state::idle;  // out of memory: the next call has to pass a handler
    throw;
  }
}

void standing_subscription::on_link_down() noexcept {
  if (confirmed()) shared_->now = shared::state::idle;
}

void standing_subscription::forget() noexcept { shared_->now = shared::state::idle; }

void standing_subscription::unsubscribe() {
  forget();
  via_.unsubscribe(filter_);
}

}  // namespace mqcoap
