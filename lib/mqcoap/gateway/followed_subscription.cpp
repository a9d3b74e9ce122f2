#include <mqcoap/gateway/followed_subscription.hpp>

#include <utility>

namespace mqcoap {

followed_subscription::followed_subscription(std::string name,
                                             std::function<void(followed_subscription&, error_code)> handler,
                                             std::function<void(const std::string&)> ended)
    : followed_topic(std::move(name)), handler_(std::move(handler)), ended_(std::move(ended)) {}

followed_subscription::~followed_subscription() { ended_(name()); }

void followed_subscription::subscribe(link& on) {
  if (now_.on == &on) return now_.by->ask();
  if (before_.on == &on) {
    std::swap(now_, before_);
  } else {
    auto made = std::make_unique<standing_subscription>(
        on, name(), [this, of = &on](error_code ec) { note_answer(*of, ec); });
    before_ = std::exchange(now_, {&on, std::move(made)});
  }
  now_.by->ask();
  if (now_.by->confirmed()) before_ = {};
}

void followed_subscription::leave_previous() {
  before_ = {};
  forget();
}

void followed_subscription::on_link_up(const link& l) {
  if (now_.on == &l) now_.by->ask();
}

void followed_subscription::on_link_down(const link& l) noexcept {
  for (const auto* const each : {&now_, &before_})
    if (each->on == &l) each->by->on_link_down();
}

void followed_subscription::release(const link& l) noexcept {
  if (before_.on == &l) before_ = {};
}

bool followed_subscription::hears(const link& l) const noexcept { return now_.on == &l || before_.on == &l; }

void followed_subscription::note_answer(const link& of, error_code ec) {
  if (now_.on != &of) return;
  set_refusal(ec ? ec.message() : std::string());
  if (!ec) before_ = {};
  handler_(*this, ec);
}

}  // namespace mqcoap
