#include <mqcoap/client/client_core.hpp>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <exception>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/transport/log.hpp>
#include <new>
#include <utility>

namespace mqcoap {
namespace {

/// The time limit for sending what is still queued when the client disconnects.
constexpr std::chrono::milliseconds goodbye{500};
/// The pause before retrying a step that failed because memory allocation failed.
constexpr std::chrono::seconds memory_pause{1};

/// Sets the client id: devices use their tag; clients without a tag get a random one. Lets messages in that
/// are larger than those that are accepted: what the broker withholds could not be reported.
client_options completed_options(client_options options) {
  auto& broker = options.broker;
  if (broker.client_id.empty())
    broker.client_id = options.tag ? options.tag->text()
                                   : "mqcoap-" + request_id_generator().next().canonical().substr(0, 16);
  broker.max_inbound = std::max(broker.max_inbound, inbound_limit_for(options.decoding.limits.payload));
  return options;
}

}  // namespace

client_core::client_core(const executor& on, client_options options, std::shared_ptr<client_environment> in)
    : strand_(boost::asio::make_strand(on)),
      serial_(strand_),
      options_(completed_options(std::move(options))),
      in_(std::move(in)),
      time_(in_->time()),
      requests_({}, options_.broker.log),
      responses_(options_.broker.log),
      requester_(options_, responses_, time_, *this),
      server_(options_, requests_, time_),
      presence_(options_, time_),
      events_(options_) {
  requests_.run_coroutines_on(serial_, *in_);
  largest_packet_.set(options_.broker.max_packet);
}

outage_cause client_core::outage() const {
  const std::lock_guard lock(outage_mutex_);
  return outage_;
}

client_stats client_core::stats() const noexcept {
  client_stats all;
  requester_.count(all);
  all.connects = connects_.get();
  all.served = served_.get();
  all.ignored = ignored_.get();
  return all;
}

void client_core::connect(const ended& done) {
  if (closed_) return done->finish(errc::closed);
  const bool up = link_ != nullptr && link_->up();
  if (up && (own_confirmed_ || !options_.tag)) return done->finish({});
  std::erase_if(connecting_, [](const auto& op) { return !op->pending(); });
  connecting_.push_back(done);
  if (link_ == nullptr) return start_link();
  // During an outage the link reports nothing until it is connected again: its cause is the outcome.
  if (up || !first_try_)
    done->expire_at(time_.now() + options_.timeout, *in_, [weak = weak_from_this()] {
      const auto self = weak.lock();
      const auto why = self && !self->connected() ? self->outage().code() : error_code{};
      return why ? why : make_error_code(errc::timed_out);
    });
  if (up) ask_for_own();
}

void client_core::run(const ended& done) {
  if (closed_) return done->finish(errc::closed);
  if (run_) return done->finish(boost::asio::error::already_started);
  run_ = done;
  if (link_ == nullptr) try {
      return start_link();
    } catch (const std::bad_alloc&) {
      run_ = nullptr;
      throw;
    }
  if (!link_->up() && !first_try_) give_up_if_it_lasts();
}

void client_core::end_run(const ended& run) {
  if (run_ == run) leave_run(boost::asio::error::operation_aborted);
}

void client_core::leave_run(error_code why) {
  std::vector<leaver> waiting(1);
  leaving_.reserve(leaving_.size() + 1);
  waiting.front() = {std::exchange(run_, nullptr), why};
  leave(std::move(waiting));
}

/// Gives up the run if no further attempt can succeed.
void client_core::give_up_if_it_lasts() noexcept {
  if (!run_ || options_.if_refused == when_refused::keep_trying) return;
  attempt("an outage", [this] {
    if (const auto why = outage(); why.is_lasting()) give_up(why.code());
  });
}

/// Disconnects outside of the link's callbacks, if the reason still applies then.
void client_core::give_up(error_code why) {
  boost::asio::post(serial_, [self = shared_from_this(), why, run = run_, via = link_.get()] {
    if (run == nullptr || self->run_ != run || self->link_.get() != via) return;
    const bool still = why == errc::denied ? !self->own_confirmed_ : self->outage().code() == why;
    if (still) self->leave_run(why);
  });
}

void client_core::track(std::shared_ptr<operation_base> op) {
  if (under_way_.size() >= tidy_at_) {
    std::erase_if(under_way_, [](const auto& o) { return !o->pending(); });
    tidy_at_ = 2 * under_way_.size() + 64;
  }
  under_way_.push_back(std::move(op));
}

/// Starts the connection. If memory allocation fails, no link exists afterwards.
void client_core::start_link() try {
  first_try_ = true;
  own_pending_ = false;
  has_left_ = false;
  auto broker = options_.broker;
  presence_.add_will(broker);
  link_ = in_->make_link(serial_, broker);
  if (!presence_.topic().empty()) link_->subscribe(presence_.topic(), {});
  for (auto& filter : events_.filters()) link_->subscribe(std::move(filter), {});
  requester_.attach(link_.get());
  server_.attach(link_.get());
  link_->start(*this);
} catch (const std::bad_alloc&) {
  requester_.attach(nullptr);
  server_.attach(nullptr);
  link_.reset();
  throw;
}

void client_core::on_link_up(link& l) noexcept {
  const auto limit = l.largest_packet();
  largest_packet_.set(limit.from == packet_limit::origin::unknown ? 0 : limit.bytes);
  connected_ = true;
  ++connects_;
  set_outage({});
  first_try_ = false;
  attempt("a new connection", [this] { requester_.on_link_up(); });
  if (!options_.tag) return finish_connecting({});
  for (const auto& op : connecting_)
    attempt("a new connection", [&] { op->expire_at(time_.now() + options_.timeout, *in_); });
  ask_for_own();
}

/// Subscribes to the requests for the client's own tag. The link repeats the SUBSCRIBE after reconnects until
/// the broker answers.
void client_core::ask_for_own() noexcept try {
  if (std::exchange(own_pending_, true)) return;
  link_->subscribe(request_filter(options_.ns, *options_.tag), [weak = weak_from_this(),
                                                                via = link_.get()](error_code error) {
    const auto self = weak.lock();
    if (!self || error == errc::closed || self->link_.get() != via) return;
    self->own_pending_ = false;
    if (!via->up()) return;  // the connection was lost meanwhile: subscribes again after the reconnect
    self->own_confirmed_ = !error;
    if (!error) self->presence_.publish(self->link_.get(), true);
    self->finish_connecting(error);
    if (error == errc::denied && self->run_ && self->options_.if_refused == when_refused::give_up)
      self->give_up(error);
  });
} catch (const std::exception& e) {
  own_pending_ = false;
  try_again_later();
  report_failure("a new connection", e.what());
}

void client_core::on_link_down(link&, const outage_cause& why) noexcept {
  if (std::exchange(in_messages_, false) && !ready_.empty()) post_completions();
  connected_ = false;
  own_confirmed_ = false;
  first_try_ = false;
  set_outage(why);
  attempt("the end of a connection", [&] { requester_.on_link_down(why); });
  const auto code = why.code();
  finish_connecting(code ? code : make_error_code(connect_errc::other));
  give_up_if_it_lasts();
}

void client_core::set_outage(const outage_cause& why) noexcept {
  // Copied before locking, so that the lock is held only for a move.
  attempt("an outage", [&] {
    auto copy = why;
    const std::lock_guard lock(outage_mutex_);
    outage_ = std::move(copy);
  });
}

void client_core::finish_connecting(error_code error) noexcept {
  for (const auto& op : connecting_) attempt("an outcome", [&] { op->finish(error); });
  std::erase_if(connecting_, [](const auto& op) { return !op->pending(); });
  if (!connecting_.empty()) try_again_later();
}

/// Retries after a pause what failed because memory allocation failed.
void client_core::try_again_later() noexcept {
  try_again_at_ = std::min(try_again_at_, time_.now() + memory_pause);
  attempt("an outcome", [this] { set_alarm(); });
}

void client_core::on_message(link&, const inbound& m) noexcept try {
  in_messages_ = true;
  auto topic = exchange_topic::parse(m.topic);
  if (!topic) {
    const bool is_own_presence = !presence_.topic().empty() && m.topic == presence_.topic();
    if (is_own_presence) {
      presence_.hear(link_.get(), m);
      set_alarm();
    }
    if (!events_.hand_out(m, is_own_presence ? presence_.topic() : std::string_view())) ++ignored_;
  } else if (m.retained) {
    ++ignored_;
  } else if (topic->which() == exchange_topic::kind::response) {
    requester_.on_response(*topic, m.payload);
  } else if (serving_ && options_.tag && topic->tag() == options_.tag->text() &&
             topic->ns() == options_.ns.text()) {
    ++served_;
    server_.on_request(*std::move(topic), m, weak_from_this());
  } else {
    ++ignored_;
  }
} catch (const std::exception& e) {
  report_failure("a message", e.what());
  try_again_later();
}

template <class Action>
void client_core::attempt(std::string_view name, Action&& action) noexcept try {
  action();
} catch (const std::exception& e) {
  report_failure(name, e.what());
}

/// Logs at most one line per second. Swallows exceptions, because the failure may be that memory has run out.
void client_core::report_failure(std::string_view of, std::string_view why) noexcept try {
  if (failure_lines_.pass(time_.now()))
    say(options_.broker.log, log_level::error, "{} could not be handled: {}", of, why);
} catch (...) {
  // There is no memory for the log line either.
}

std::optional<request_id> client_core::request(request_spec what, requester::completion done) {
  const auto id = requester_.begin(std::move(what), std::move(done));
  try {
    set_alarm();
  } catch (const std::bad_alloc&) {
    if (id) requester_.end_for_memory(*id);
  }
  return id;
}

void client_core::completed(requester::completion done, error_code error, response&& answer) noexcept {
  ended_request outcome{std::move(done), error, std::move(answer)};
  try {
    ready_.push_back(std::move(outcome));
  } catch (const std::bad_alloc&) {
    // The failed push_back has not moved the outcome.
    return attempt("an answer", [&] {
      deliver<error_code, response>(serial_, std::move(outcome.done), outcome.error,
                                    std::move(outcome.answer));
    });
  }
  if (!in_messages_) post_completions();
}

void client_core::on_messages_end(link&) noexcept {
  in_messages_ = false;
  complete_ready();
}

/// If posting fails, they are completed after the next message or when the alarm fires.
void client_core::post_completions() noexcept {
  if (completing_soon_) return;
  attempt("an answer", [this] {
    boost::asio::post(serial_, [self = shared_from_this()] { self->complete_ready(); });
    completing_soon_ = true;
  });
}

/// Runs completion handlers outside of all calls of the user and the link, so that they may
/// call any function.
void client_core::complete_ready() noexcept {
  completing_soon_ = false;
  for (auto& [done, error, answer] : std::exchange(ready_, {})) {
    try {
      complete<error_code, response>(serial_, std::move(done), error, std::move(answer));
    } catch (...) {
      // The exception propagates through the event loop, as with any handler; the other
      // requests still complete.
      attempt("an exception of a completion handler", [&] {
        boost::asio::post(serial_, [thrown = std::current_exception()] { std::rethrow_exception(thrown); });
      });
    }
  }
}

void client_core::set_alarm() {
  const auto next = std::min({requester_.next_deadline(), presence_.next_need(), try_again_at_});
  if (next >= alarm_at_) return;  // firing too early costs less than moving it after each answer
  if (!alarm_)
    alarm_ = in_->make_alarm(serial_, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->ring();
    });
  alarm_->wake_at(next);
  alarm_at_ = next;  // set last: if allocating the alarm fails, the next message tries to set it again
}

void client_core::ring() {
  alarm_at_ = steady_time::max();
  complete_ready();
  requester_.expire(time_.now());
  presence_.correct(link_.get());
  if (try_again_at_ <= time_.now()) make_up_for_memory();
  set_alarm();
}

/// Retries what failed because memory allocation failed, and again after a pause if it fails again.
void client_core::make_up_for_memory() {
  try_again_at_ = steady_time::max();
  const auto retry = [this](auto& what) {
    try {
      what.retry();
    } catch (const std::bad_alloc&) {
      try_again_at_ = time_.now() + memory_pause;
    }
  };
  for (const auto& op : connecting_) retry(*op);
  for (const auto& op : under_way_) retry(*op);
  retry(events_);
  std::erase_if(connecting_, [](const auto& op) { return !op->pending(); });
  if (options_.tag && !own_confirmed_ && link_ != nullptr && link_->up()) ask_for_own();
}

void client_core::publish(const general_topic& to, json_text body, bool retain, const ended& done) {
  if (link_ == nullptr) return done->finish(closed_ ? errc::closed : errc::not_connected);
  std::string payload;
  encode(payload, general{std::move(body), time_.wall()});
  track(done);
  done->expire_at(time_.now() + options_.timeout, *in_);
  const auto error = link_->publish(to.text(), payload, time_.now() + options_.timeout, {.retain = retain},
                                    [done](error_code ec) {
                                      const bool lost = ec == errc::not_connected;
                                      done->finish(lost ? errc::connection_lost : ec);
                                    });
  if (error) done->finish(error);
}

void client_core::subscribe(const general_filter& which, client_base::general_handler on_message,
                            const std::shared_ptr<operation<error_code, subscription_id>>& done) {
  if (closed_) return done->finish(errc::closed);
  const auto filter = which.text(options_.ns);
  const auto id = events_.add(filter, std::move(on_message));
  if (link_ == nullptr) return done->finish({}, id);
  // A caller that receives an error has no id to unsubscribe with.
  try {
    done->when_it_fails([weak = weak_from_this(), id] {
      if (const auto self = weak.lock()) self->unsubscribe(id);
    });
  } catch (const std::bad_alloc&) {
    events_.remove(id);
    throw;
  }
  done->expire_at(time_.now() + options_.timeout, *in_);
  track(done);
  link_->subscribe(filter,
                   [id, done](error_code error) { done->finish(error, error ? subscription_id{} : id); });
}

void client_core::unsubscribe(subscription_id id) {
  auto filter = events_.remove(id);
  if (!filter) return;
  // Removes the handler at once, and unsubscribes outside of the callbacks of the link.
  boost::asio::post(serial_, [self = shared_from_this(), filter = *std::move(filter)] {
    if (self->link_ != nullptr && !self->events_.wants(filter) && filter != self->presence_.topic())
      self->link_->unsubscribe(filter);
  });
}

/// After a disconnect only stored messages are left to receive.
void client_core::receive(subscription_id from, const std::shared_ptr<receiving>& done) {
  if (closed_) return done->close();
  track(done);
  events_.receive(from, done);
  if (has_left_ && !done->has_outcome()) done->close();
}

void client_core::reply(call& answered, answer&& what) noexcept try {
  if (strand_.running_in_this_thread()) return server_.finish(answered, what);
  auto kept = std::make_shared<call>(std::move(answered));
  boost::asio::post(serial_, [self = shared_from_this(), kept = std::move(kept), what = std::move(what)] {
    self->server_.finish(*kept, what);
  });
} catch (const std::exception& e) {
  say(options_.broker.log, log_level::error, "an answer could not be sent: {}", e.what());
}

void client_core::forget_handlers() {
  serving_ = false;
  events_.stop();
  requests_.clear();
  responses_.clear();
}

void client_core::end_all() {
  connected_ = false;
  own_confirmed_ = false;
  attempt("a disconnect", [this] { requester_.close(closed_); });
  requester_.attach(nullptr);
  attempt("a disconnect", [this] { requests_.cancel_coroutines("the device disconnects"); });
  server_.attach(nullptr);
  finish_connecting(errc::closed);
  for (const auto& op : std::exchange(under_way_, {})) attempt("a disconnect", [&] { op->close(); });
  // No deadline remains: the event loop may return if it has no other work.
  if (alarm_) alarm_->wake_at(steady_time::max());
  alarm_at_ = try_again_at_ = steady_time::max();
}

void client_core::disconnect(const ended& done) {
  if (closed_) return done->finish(errc::closed);
  std::vector<leaver> waiting;
  waiting.reserve(2);
  leaving_.reserve(leaving_.size() + 1);
  waiting.push_back({done, {}});
  if (run_) waiting.push_back({std::exchange(run_, nullptr), {}});
  leave(std::move(waiting));
}

/// Disconnects from the broker. Precondition: `leaving_` has capacity for another link.
/// @param waiting  operations that complete when the link has disconnected
void client_core::leave(std::vector<leaver> waiting) {
  has_left_ = true;
  end_all();
  if (link_ != nullptr) {
    attempt("a disconnect", [this] { presence_.publish(link_.get(), false); });
    leaving_.push_back({std::move(link_), std::move(waiting)});
    auto& left_now = *leaving_.back().from;
    try {
      left_now.stop(goodbye, [weak = weak_from_this(), &left_now] {
        if (const auto self = weak.lock()) self->left(left_now);
      });
    } catch (const std::bad_alloc&) {
      left(left_now);
    }
  } else if (!leaving_.empty()) {
    for (auto& each : waiting) leaving_.back().waiting.push_back(std::move(each));
  } else {
    for (const auto& [op, error] : waiting) op->finish(error);
  }
}

/// Removes a link that has disconnected.
void client_core::left(const link& l) {
  const auto at =
      std::find_if(leaving_.begin(), leaving_.end(), [&l](const farewell& f) { return f.from.get() == &l; });
  if (at == leaving_.end()) return;
  const auto gone = std::move(*at);
  leaving_.erase(at);
  for (const auto& each : gone.waiting) attempt("a disconnect", [&] { each.op->finish(each.error); });
}

void client_core::shut_down() {
  closed_ = true;
  end_all();
  if (run_) std::exchange(run_, nullptr)->close();
  events_.clear();
  link_.reset();
  for (const auto& f : std::exchange(leaving_, {}))
    for (const auto& each : f.waiting) each.op->close();
}

}  // namespace mqcoap
