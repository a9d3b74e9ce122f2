#include "session/bench_load.hpp"

#include <algorithm>
#include <utility>

namespace mqcoap::cli {
namespace {

steady_time now() { return std::chrono::steady_clock::now(); }

/// Returns true if there is no connection: requests then fail immediately, and there is nothing to measure.
bool is_loss(const error_code& outcome) {
  return outcome == errc::not_connected || outcome == errc::connection_lost || outcome == errc::closed ||
         outcome == errc::denied;
}

}  // namespace

bench_load::bench_load(client& mqtt, std::vector<request_spec> what, bench_options options)
    : mqtt_(mqtt), what_(std::move(what)), options_(options), timer_(mqtt.get_handler_executor()) {}

void bench_load::start() {
  began_ = last_ = now();
  if (options_.rate > 0) return send_due();
  for (std::size_t i = 0; i < options_.in_flight && may_send(); ++i) send(now());
}

void bench_load::abandon() {
  abandoned_ = true;
  timer_.cancel();
}

bool bench_load::may_send() const noexcept {
  return !lost_ && !abandoned_ && (options_.count == 0 || result_.sent < options_.count) &&
         now() < options_.end;
}

void bench_load::send(steady_time due) {
  const auto& next = what_[result_.sent % what_.size()];
  ++result_.sent;
  ++outstanding_;
  mqtt_.async_request(next, [self = shared_from_this(), due](error_code outcome, const response& r) {
    self->on_answer(due, outcome, to_int(r.code));
  });
}

void bench_load::on_answer(steady_time due, const error_code& outcome, int code) {
  --outstanding_;
  if (abandoned_) return;
  last_ = now();
  result_.count(outcome, code, last_ - due);
  if (is_loss(outcome)) lost_ = true;
  if (options_.rate > 0)
    send_due();
  else if (may_send())
    send(now());
}

steady_time bench_load::due_of(std::uint64_t number) const {
  return began_ + std::chrono::nanoseconds(
                      static_cast<std::int64_t>(static_cast<double>(number) * 1e9 / options_.rate));
}

/// Sends the requests that are due. A request that could not be sent in time keeps its scheduled time.
void bench_load::send_due() {
  while (may_send() && outstanding_ < options_.in_flight) {
    const auto due = due_of(result_.sent);
    if (due > now()) return await_due();
    send(due);
  }
}

void bench_load::await_due() {
  if (std::exchange(timer_runs_, true)) return;
  timer_.expires_at(std::min(due_of(result_.sent), options_.end));
  timer_.async_wait([self = shared_from_this()](error_code ec) {
    self->timer_runs_ = false;
    if (!ec) self->send_due();
  });
}

bench_result bench_load::result() const {
  bench_result r = result_;
  // A request that times out after the end must not extend the measured time.
  const auto until = may_send() ? now() : std::min(last_, options_.end);
  r.elapsed = std::max(until, began_) - began_;
  return r;
}

}  // namespace mqcoap::cli
