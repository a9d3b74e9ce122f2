#include <mqcoap/resource/http/http_pool.hpp>

#include <algorithm>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/base/units.hpp>
#include <mqcoap/resource/backend/reading.hpp>

namespace mqcoap {
namespace {

using std::chrono::milliseconds;
using http_end = http_outcome::end;

/// Returns a time shortly before the deadline of the gateway, whose error message would be less specific.
steady_time reply_by(steady_time deadline, steady_time now) {
  if (deadline == steady_time::max()) return deadline;
  constexpr steady_time::duration most = milliseconds(50);
  return deadline - std::clamp((deadline - now) / 20, steady_time::duration::zero(), most);
}

}  // namespace

http_pool::http_pool(std::string name, maker make, const clock& time, log_sink log, waker wake)
    : name_(std::move(name)),
      make_(std::move(make)),
      time_(time),
      log_(std::move(log)),
      wake_(std::move(wake)) {}

backend::running http_pool::ask(std::shared_ptr<const http_exchange> what, const http_terms& terms,
                                steady_time deadline, handler done) {
  if (waiting_.size() >= terms.queue) {
    done({.how = http_end::too_many_wait, .why = "too many requests wait for the server", .was_sent = false});
    return nullptr;
  }
  const auto now = time_.now();
  const auto until = std::min(now + terms.timeout, reply_by(deadline, now));
  const auto added = std::make_shared<job>(job{std::move(what), terms, now, until, std::move(done)});
  backend::running handle(added.get(), [self = weak_from_this(), added](void*) {
    if (const auto pool = self.lock()) pool->cancel(added);
  });
  waiting_.push_back(added);
  advance();
  return handle;
}

std::size_t http_pool::count_busy() const noexcept {
  return static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(),
                                                [](const auto& each) { return each.serves != nullptr; }));
}

void http_pool::advance() {
  while (begin_next()) {
  }
  deliver();
  const auto next = next_deadline();
  if (wake_ && std::exchange(wake_deadline_, next) != next) wake_(*this, next);
}

/// Begins the first waiting request, if it may use a connection. Other requests do not overtake it.
bool http_pool::begin_next() {
  if (waiting_.empty() || count_busy() >= waiting_.front()->terms.connections) return false;
  const auto next = waiting_.front();
  waiting_.pop_front();
  auto* const idle = find_idle();
  send_on(idle != nullptr ? *idle : make_connection(), next);
  return true;
}

/// Returns the idle connection that would be closed last, so that the others may be closed sooner; null if
/// there is none. Drops connections that are no longer open.
http_pool::connection* http_pool::find_idle() {
  connection* found = nullptr;
  for (auto each = connections_.begin(); each != connections_.end();) {
    if (each->serves == nullptr && !each->wire->is_open()) {
      each = connections_.erase(each);
      continue;
    }
    if (each->serves == nullptr && (found == nullptr || each->close_at > found->close_at)) found = &*each;
    ++each;
  }
  return found;
}

http_pool::connection& http_pool::make_connection() {
  return connections_.emplace_back(connection{.wire = make_(), .id = ++last_id_});
}

void http_pool::send_on(connection& by, const job_ptr& next) {
  by.serves = next;
  by.wire->exchange(next->what, [self = weak_from_this(), id = by.id](http_outcome outcome) {
    if (const auto pool = self.lock()) pool->on_end(id, std::move(outcome));
  });
}

void http_pool::on_end(std::uint64_t id, http_outcome outcome) {
  const auto at = std::find_if(connections_.begin(), connections_.end(),
                               [id](const auto& each) { return each.id == id; });
  if (at == connections_.end() || at->serves == nullptr) return;
  const auto served = std::exchange(at->serves, nullptr);
  const bool is_first = !std::exchange(at->was_used, true);
  const bool was_stale = outcome.how == http_end::closed && !is_first;
  if (served->terms.idle.count() > 0 && at->wire->is_open())
    at->close_at = time_.now() + served->terms.idle;
  else
    connections_.erase(at);
  if (was_stale && served->what->verb == method::get && !std::exchange(served->is_repeated, true)) {
    send_on(make_connection(), served);
  } else {
    if (outcome.how == http_end::not_connected) warn(failed_lines_, outcome.why);
    answer(served, std::move(outcome));
  }
  advance();
}

/// Cancels a request whose caller no longer waits. If the request is under way, closes its connection,
/// because the request cannot be withdrawn.
void http_pool::cancel(const job_ptr& gone) noexcept {
  gone->done = nullptr;
  std::erase(waiting_, gone);
  connections_.remove_if([&gone](const auto& each) { return each.serves == gone; });
  try {
    advance();
  } catch (const std::exception&) {
    return;  // waiting requests fail at their deadlines
  }
}

http_outcome http_pool::late_outcome(const job& of, const http_wire* by) const {
  using stage = http_progress::stage;
  const auto took = to_string(std::chrono::round<milliseconds>(time_.now() - of.requested_at));
  const auto within = " within " + took;
  http_outcome late{.how = http_end::late, .was_sent = false};
  if (by == nullptr) {
    late.why = "waited " + took + " behind other requests to the server; nothing was sent";
    return late;
  }
  const auto [at, got] = by->progress();
  switch (at) {
    case stage::looking_up: late.why = "the server's name was not resolved" + within; break;
    case stage::connecting: late.why = "could not connect to the server" + within; break;
    case stage::sending: late.why = "the server has not taken the request" + within; break;
    case stage::waiting: late.why = "the server has not answered" + within; break;
    case stage::reading:
      late.why = "the server has not ended its answer" + within + "; received so far: '" +
                 log_safe(got, most_shown) + '\'';
      break;
  }
  late.was_sent = at >= stage::sending;
  return late;
}

void http_pool::expire() {
  const auto now = time_.now();
  std::erase_if(waiting_, [&](const job_ptr& each) {
    if (each->until > now) return false;
    answer(each, late_outcome(*each, nullptr));
    return true;
  });
  connections_.remove_if([&](const connection& each) {
    if (each.serves == nullptr) return each.close_at <= now;
    if (each.serves->until > now) return false;
    auto late = late_outcome(*each.serves, each.wire.get());
    warn(late_lines_, late.why);
    answer(each.serves, std::move(late));
    return true;
  });
  advance();
}

steady_time http_pool::next_deadline() const {
  auto next = steady_time::max();
  for (const auto& each : waiting_) next = std::min(next, each->until);
  for (const auto& each : connections_)
    next = std::min(next, each.serves != nullptr ? each.serves->until : each.close_at);
  return next;
}

void http_pool::answer(const job_ptr& whom, http_outcome outcome) {
  answers_.emplace_back(whom, std::move(outcome));
}

void http_pool::warn(throttle& by, const std::string& message) {
  const auto held_back = by.pass(time_.now());
  if (!held_back || !log_) return;
  const auto more = *held_back == 0
                        ? std::string{}
                        : " (and " + std::to_string(*held_back) + " more since the last such message)";
  log_(log_level::warning, name_ + ": " + message + more);
}

/// Delivers the answers. Handlers may call back into this object.
void http_pool::deliver() {
  while (!answers_.empty()) {
    auto [whom, outcome] = std::move(answers_.front());
    answers_.pop_front();
    if (const auto done = std::exchange(whom->done, nullptr)) done(std::move(outcome));
  }
}

}  // namespace mqcoap
