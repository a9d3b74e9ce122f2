#include <mqcoap/store/postgres/pg_connection.hpp>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <mqcoap/base/units.hpp>
#include <utility>

namespace mqcoap::store {
namespace {

steady_time steady_now() { return std::chrono::steady_clock::now(); }

pg_fault unreachable_fault() { return {pg_fault::kind::unreachable, {}, "the database cannot be reached"}; }

}  // namespace

pg_connection::pg_connection(boost::asio::any_io_executor loop, pg_connection_options options,
                             owner callbacks, name_resolver resolver)
    : loop_(std::move(loop)),
      options_(std::move(options)),
      callbacks_(std::move(callbacks)),
      resolver_(std::move(resolver)),
      attempt_timer_(loop_),
      deadline_timer_(loop_),
      pauses_(options_.pauses),
      random_(std::random_device{}()),
      alive_(std::make_shared<pg_connection*>(this)) {}

pg_connection::~pg_connection() {
  alive_.reset();
  if (session_) session_->close({});
}

void pg_connection::start() { begin_attempt(); }

// ---- connecting

void pg_connection::begin_attempt() {
  to_look_up_ = options_.to.hosts();
  std::reverse(to_look_up_.begin(), to_look_up_.end());
  to_try_.clear();
  look_up_next();
}

/// Resolves the names of all hosts, one after the other, and then tries their addresses.
void pg_connection::look_up_next() {
  while (!to_look_up_.empty() && !needs_lookup(to_look_up_.back())) {
    to_try_.push_back(std::move(to_look_up_.back()));
    to_look_up_.pop_back();
  }
  if (to_look_up_.empty()) {
    std::reverse(to_try_.begin(), to_try_.end());
    return try_next_host();
  }
  const auto host = std::move(to_look_up_.back());
  to_look_up_.pop_back();
  auto& lookup = lookups_.try_emplace(host.name, loop_, resolver_).first->second;
  limit(options_.timeout, [this, host, &lookup] {
    lookup.cancel();
    last_fault_ = "the name " + host.name + " was not resolved within " + to_string(options_.timeout);
    look_up_next();
  });
  lookup.begin(host.name, [this, host](const resolved_name& found) {
    if (found.addresses.empty()) last_fault_ = host.name + ": " + found.fault;
    for (const auto& address : found.addresses) to_try_.push_back({host.name, address, host.port});
    look_up_next();
  });
}

void pg_connection::try_next_host() {
  end_limit();
  if (to_try_.empty()) return try_again_later();
  auto settings = options_.to.for_host(to_try_.back());
  to_try_.pop_back();
  if (!options_.password.reveal().empty()) settings["password"] = options_.password.reveal();
  settings.try_emplace("application_name", "mqcoap");
  settings["client_encoding"] = "UTF8";
  // Lets the kernel detect a server that has vanished, in addition to the deadlines here.
  settings.try_emplace("tcp_user_timeout", std::to_string(options_.timeout.count()));
  session_ = std::make_shared<pg_session>(
      loop_,
      pg_session::owner{[this] { on_connected(); }, [this](const std::string& why) { on_ended(why); }});
  limit(options_.timeout, [this] {
    const auto waited = std::exchange(session_, nullptr);
    waited->close("no answer within " + to_string(options_.timeout));
    last_fault_ = "no answer within " + to_string(options_.timeout);
    try_next_host();
  });
  // Posted, because the session may end at once.
  boost::asio::post(loop_, [weak = std::weak_ptr(session_), settings = std::move(settings)] {
    if (const auto session = weak.lock()) session->connect(settings);
  });
}

void pg_connection::on_connected() {
  callbacks_.prepare(*session_, [this, alive = std::weak_ptr(alive_),
                                 of = std::weak_ptr(session_)](const std::string& fault) {
    // The requests of an attempt that was abandoned are lost with its session.
    if (!alive.expired() && !of.expired() && of.lock() == session_) on_prepared(fault);
  });
}

void pg_connection::on_prepared(const std::string& fault) {
  if (!fault.empty()) {
    const auto refused = std::exchange(session_, nullptr);
    refused->close(fault);
    last_fault_ = fault;
    return try_next_host();
  }
  end_limit();
  is_up_ = true;
  is_refusing_ = false;
  up_since_ = steady_now();
  callbacks_.up();
  send_waiting();
}

/// Handles the end of a session that was in use or being tried.
void pg_connection::on_ended(const std::string& why) {
  session_.reset();
  last_fault_ = why;
  if (!std::exchange(is_up_, false)) return try_next_host();
  begin_again(why);
}

void pg_connection::begin_again(const std::string& why) {
  to_try_.clear();
  callbacks_.down(why);
  const auto pause = pauses_.next(steady_now() - up_since_, random_());
  limit(pause, [this] { begin_attempt(); });
}

/// Handles the failure of all hosts.
void pg_connection::try_again_later() {
  is_refusing_ = true;
  callbacks_.down(last_fault_);
  refuse_waiting();
  limit(pauses_.next({}, random_()), [this] { begin_attempt(); });
}

void pg_connection::reset(const std::string& why) {
  if (!std::exchange(is_up_, false)) return;
  const auto ended = std::exchange(session_, nullptr);
  ended->close(why);
  begin_again(why);
}

void pg_connection::limit(std::chrono::milliseconds time, std::function<void()> then) {
  attempt_timer_.expires_after(time);
  attempt_timer_.async_wait([this, of = ++limits_, alive = std::weak_ptr(alive_),
                             then = std::move(then)](boost::system::error_code ec) {
    if (!ec && !alive.expired() && of == limits_) then();
  });
}

/// Cancels the limit. Its handler may already be queued; it then does nothing.
void pg_connection::end_limit() {
  ++limits_;
  attempt_timer_.cancel();
}

// ---- requests

void pg_connection::run(pg_request request, pg_handler done) {
  if (is_refusing_ || waiting_.size() >= options_.most_waiting) {
    boost::asio::post(loop_, [done = std::move(done)] { done(unreachable_fault()); });
    return;
  }
  waiting_.push_back(
      std::make_shared<entry>(entry{std::move(request), std::move(done), steady_now() + options_.timeout}));
  send_waiting();
}

void pg_connection::send_waiting() {
  while (is_up_ && !session_->is_over() && !waiting_.empty() && sent_.size() < options_.most_in_flight) {
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    sent_.push_back(next);
    session_->send(next->request,
                   [this, next, alive = std::weak_ptr(alive_)](result<pg_rows, pg_fault> what) {
                     if (!alive.expired()) answer(next, std::move(what));
                   });
    next->request.clear();
  }
  watch_deadlines();
}

void pg_connection::answer(const std::shared_ptr<entry>& to, result<pg_rows, pg_fault> what) {
  std::erase(sent_, to);
  const auto alive = std::weak_ptr(alive_);
  to->done(std::move(what));
  if (!alive.expired()) send_waiting();
}

void pg_connection::refuse_waiting() {
  for (const auto& each : std::exchange(waiting_, {}))
    boost::asio::post(loop_, [each] { each->done(unreachable_fault()); });
}

/// Sets the timer to the next deadline. All requests have the same timeout, so the first of each list
/// expires first.
void pg_connection::watch_deadlines() {
  auto next = steady_time::max();
  if (!sent_.empty()) next = sent_.front()->deadline;
  if (!waiting_.empty()) next = std::min(next, waiting_.front()->deadline);
  if (std::exchange(watched_, next) == next) return;
  deadline_timer_.expires_at(next);
  if (next == steady_time::max()) return;
  deadline_timer_.async_wait([this, alive = std::weak_ptr(alive_)](boost::system::error_code ec) {
    if (!ec && !alive.expired()) on_deadline();
  });
}

/// First reads what has arrived, because this process may have been stopped, rather than the server.
void pg_connection::on_deadline() {
  watched_ = steady_time::max();
  if (is_up_) session_->look();
  const auto now = steady_now();
  while (!waiting_.empty() && waiting_.front()->deadline <= now) {
    const auto late = std::move(waiting_.front());
    waiting_.pop_front();
    boost::asio::post(loop_, [late] { late->done(unreachable_fault()); });
  }
  if (is_up_ && !sent_.empty() && sent_.front()->deadline <= now) {
    is_refusing_ = true;
    refuse_waiting();
    reset("no answer within " + to_string(options_.timeout));
  }
  watch_deadlines();
}

}  // namespace mqcoap::store
