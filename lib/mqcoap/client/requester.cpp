#include <mqcoap/client/requester.hpp>

#include <boost/asio/error.hpp>
#include <mqcoap/base/units.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/transport/message_buffer.hpp>
#include <mqcoap/transport/packet_limit.hpp>
#include <utility>

namespace mqcoap {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds longest_timeout = std::chrono::minutes(10);
/// Devices whose answers are subscribed to; the one that was idle for longest makes room.
constexpr std::size_t most_devices = 4096;

std::string source_of(const client_options& options) {
  if (!options.source.empty()) return options.source;
  return options.tag ? options.tag->text() : options.broker.client_id;
}

/// What is added to the words of a request that was sent and has no answer.
std::string may_have_run(method verb) {
  return verb == method::get ? "" : "; the " + std::string(to_string(verb)) + " may have been run";
}

}  // namespace

requester::requester(const client_options& options, const response_chain& chain, const clock& time,
                     observer& told)
    : options_(options),
      chain_(chain),
      time_(time),
      told_(told),
      source_(source_of(options)),
      alive_(std::make_shared<requester*>(this)) {}

void requester::attach(link* via) {
  link_ = via;
  for (auto& [tag, d] : devices_) d.now = device::state::idle;  // no confirmation comes from the old one
}

std::optional<request_id> requester::begin(request_spec what, completion done) {
  const auto id = what.id.value_or(ids_.next());
  const auto timeout = what.timeout.value_or(options_.timeout);
  if (timeout < milliseconds(1) || timeout > longest_timeout) {
    fail(std::move(done), what.to.path, id, errc::invalid_duration, "a timeout is between 1 ms and 10 min");
    return {};
  }
  if (closed_) {
    fail(std::move(done), what.to.path, id, errc::closed, {});
    return {};
  }
  if (pending_.find(id) != nullptr) {
    fail(std::move(done), what.to.path, id, errc::invalid_id, "a request with this id is under way");
    return {};
  }
  const auto if_disconnected = what.if_disconnected.value_or(options_.if_disconnected);
  if (if_disconnected == when_disconnected::fail && !up()) {
    fail(std::move(done), what.to.path, id, errc::not_connected, {});
    return {};
  }
  device* const d = pending_.size() < options_.max_pending ? find_or_add(what.to.tag) : nullptr;
  if (d == nullptr) {
    fail(std::move(done), what.to.path, id, errc::too_many_pending, {});
    return {};
  }
  const auto now = time_.now();
  const auto deadline = now + timeout;
  pending_.add(id, deadline,
               entry{std::move(done), std::move(what), timeout, deadline, if_disconnected, ++last_order_, d});
  waiting_.set(pending_.size());
  ++d->pending;
  d->last_used = now;
  entry& e = *pending_.find(id);
  if (up() && d->now == device::state::ready) {
    send(*d, id, e);
  } else {
    d->waiting.emplace(e.order, id);
    if (up() && d->now == device::state::idle) ask(e.what.to.tag, *d);
  }
  return id;
}

requester::device* requester::find_or_add(const device_tag& tag) {
  if (const auto at = devices_.find(tag.text()); at != devices_.end()) return &at->second;
  if (devices_.size() >= most_devices && !make_room()) return nullptr;
  return &devices_.emplace(tag.text(), device{response_filter(options_.ns, tag)}).first->second;
}

/// Forgets the device that was idle for longest.
bool requester::make_room() {
  auto oldest = devices_.end();
  for (auto at = devices_.begin(); at != devices_.end(); ++at)
    if (at->second.pending == 0 &&
        (oldest == devices_.end() || at->second.last_used < oldest->second.last_used))
      oldest = at;
  if (oldest == devices_.end()) return false;
  if (link_ != nullptr) link_->unsubscribe(oldest->second.filter);
  devices_.erase(oldest);
  return true;
}

/// Asks the broker for a device's answers; the link keeps the subscription over reconnects.
void requester::ask(const device_tag& tag, device& d) {
  d.now = device::state::asked;
  link_->subscribe(d.filter, [alive = std::weak_ptr(alive_), name = tag.text()](error_code error) {
    if (const auto self = alive.lock()) (*self)->on_subscribed(name, error);
  });
}

void requester::on_subscribed(const std::string& tag, error_code error) {
  const auto at = devices_.find(tag);
  if (at == devices_.end() || at->second.now != device::state::asked || error == errc::closed) return;
  auto& d = at->second;
  if (!up()) {  // lost at the same moment: asked again when it is back
    d.now = device::state::idle;
    return;
  }
  auto waiting = std::exchange(d.waiting, {});
  if (!error) {
    d.now = device::state::ready;
    for (const auto& [order, id] : waiting) send(d, id, *pending_.find(id));
    return;
  }
  d.now = device::state::idle;  // the next request asks the broker again
  link_->unsubscribe(d.filter);
  for (const auto& [order, id] : waiting)
    end(id, *pending_.take(id), error,
        "the broker does not let us have the answers of " + tag + "; check its access control list");
}

void requester::send(device& d, const request_id& id, entry& e) {
  const auto now = time_.now();
  auto& what = e.what;
  const request out{
      what.verb, what.to.path,         id,           what.correlation_id,     std::move(what.token),
      source_,   std::move(what.body), time_.wall(), std::move(what.options), {}};
  e.sent = true;
  e.sent_at = now;
  payload_.clear();
  encode(payload_, out);
  const auto topic =
      exchange_topic::make(options_.ns, what.to.subsystem, exchange_topic::kind::request, what.to.tag, id);
  const auto size = payload_.size();
  const bool followed = options_.broker.qos > 0 || is_followed(size, link_->largest_packet());
  const auto error =
      link_->publish(topic.text(), payload_, e.deadline, {}, followed ? follow(id, size) : nullptr);
  release_if_large(payload_);
  if (error) {
    e.sent = false;
    end(id, *pending_.take(id), error, unsent_words(error, size));
  } else {
    ++requests_;
    d.last_used = now;
  }
}

link::written_handler requester::follow(const request_id& id, std::size_t size) const {
  return [alive = std::weak_ptr(alive_), id, size](error_code error) {
    const auto self = alive.lock();
    if (!self || (error != errc::denied && error != errc::too_large)) return;
    auto e = (*self)->pending_.take(id);
    if (!e) return;
    e->sent = error == errc::denied;  // by the broker; what is too large does not leave
    const auto words = error == errc::denied ? "the broker does not let us send requests to " +
                                                   e->what.to.tag.text() + "; check its access control list"
                                             : (*self)->unsent_words(error, size);
    (*self)->end(id, *std::move(e), error, words);
  };
}

/// Empty: the error says it all.
std::string requester::unsent_words(error_code error, std::size_t size) const {
  if (error != errc::too_large || link_ == nullptr) return {};
  return too_large_words("the request", size, link_->name(), link_->largest_packet());
}

void requester::cancel(const request_id& id) {
  auto e = pending_.take(id);
  if (!e) return;
  outcomes_.note(id, outcome_memory::outcome::timed_out);
  end(id, *std::move(e), boost::asio::error::operation_aborted, {});
}

void requester::on_response(const exchange_topic& topic, std::string_view payload) {
  const auto id = request_id::parse(topic.id(), validation::lenient);
  entry* const e = id ? pending_.find(*id) : nullptr;
  if (e == nullptr) {
    switch (id ? outcomes_.recall(*id) : outcome_memory::outcome::unknown) {
      case outcome_memory::outcome::answered: ++duplicates_; break;
      case outcome_memory::outcome::timed_out: ++late_; break;
      case outcome_memory::outcome::unknown: ++foreign_; break;
    }
    return;
  }
  const bool from_there = e->sent && topic.ns() == options_.ns.text() &&
                          topic.tag() == e->what.to.tag.text() &&
                          topic.subsystem() == e->what.to.subsystem.text();
  auto rules = options_.decoding;
  rules.codes = code_rules::foreign;
  auto decoded = from_there ? decode_response(payload, rules) : decode_fault{};
  if (!from_there || (decoded && (!(decoded->id == *id) || !(decoded->path == e->what.to.path)))) {
    ++mismatched_;
    return;
  }
  auto taken = *pending_.take(*id);
  outcomes_.note(*id, outcome_memory::outcome::answered);
  leave(taken);
  ++answers_;
  if (!decoded)
    return fail(std::move(taken.done), taken.what.to.path, *id, errc::unusable_answer,
                decoded.error().words + may_have_run(taken.what.verb), fate::sent);
  const exchange of{std::move(taken.what.to), taken.what.verb,
                    duration_cast<microseconds>(time_.now() - taken.sent_at)};
  const auto error = chain_.run(of, *decoded);
  told_.completed(std::move(taken.done), error, *std::move(decoded));
}

void requester::on_link_up() {
  for (auto& [tag, d] : devices_)
    if (d.now == device::state::idle && !d.waiting.empty()) ask(*device_tag::parse(tag), d);
}

void requester::on_link_down(const outage_cause& why) {
  for (auto& [tag, d] : devices_)
    if (d.now == device::state::ready) d.now = device::state::idle;
  for (auto& [id, e] : pending_.take_all_if(
           [](const entry& e) { return e.sent || e.if_disconnected == when_disconnected::fail; })) {
    outcomes_.note(id, outcome_memory::outcome::timed_out);
    const error_code error = e.sent ? errc::connection_lost : errc::not_connected;
    const auto words = why.words() + (e.sent ? may_have_run(e.what.verb) : "");
    end(id, std::move(e), error, words);
  }
}

void requester::expire(steady_time now) {
  while (auto late = pending_.take_expired(now)) {
    auto& [id, e] = *late;
    outcomes_.note(id, outcome_memory::outcome::timed_out);
    std::string words = e.what.to.tag.text() + " did not answer within " + to_string(e.timeout);
    if (!e.sent) {
      words +=
          up() ? "; the request was not sent: the broker has not confirmed the subscription to its answers"
               : "; the request was not sent: there was no connection to the broker";
    } else {
      words += may_have_run(e.what.verb);
    }
    end(id, std::move(e), errc::timed_out, words);
  }
}

void requester::close(bool forever) {
  closed_ = forever;
  for (auto& [id, e] : pending_.take_all_if([](const entry&) { return true; })) {
    outcomes_.note(id, outcome_memory::outcome::timed_out);
    end(id, std::move(e), errc::closed, {});
  }
}

/// Gives back the place of a request that is no longer in the table.
void requester::leave(const entry& e) {
  auto& d = *e.at;
  --d.pending;
  waiting_.set(pending_.size());
  d.waiting.erase(e.order);
}

void requester::end(const request_id& id, entry e, error_code error, std::string_view words) {
  leave(e);
  fail(std::move(e.done), e.what.to.path, id, error, words, e.sent ? fate::sent : fate::not_sent);
}

/// Completes with an answer made up here, as a gateway would have worded it.
void requester::fail(completion done, const resource_path& path, const request_id& id, error_code error,
                     std::string_view words, fate was) {
  const auto code =
      error == errc::timed_out ? response_code::gateway_timeout : response_code::service_unavailable;
  auto made = answer::error(code, words.empty() ? error.message() : words);
  made.never_run = was == fate::not_sent;
  told_.completed(std::move(done), error, response{std::move(made), path, id, {}, {}});
}

void requester::count(client_stats& into) const noexcept {
  into.requests = requests_.get();
  into.answers = answers_.get();
  into.late = late_.get();
  into.duplicates = duplicates_.get();
  into.mismatched = mismatched_.get();
  into.foreign = foreign_.get();
  into.pending = waiting_.get();
}

}  // namespace mqcoap
