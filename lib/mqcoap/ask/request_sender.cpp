#include <mqcoap/ask/request_sender.hpp>

#include <algorithm>
#include <mqcoap/base/message_buffer.hpp>
#include <new>
#include <utility>
#include <vector>

namespace mqcoap::ask {
namespace {

/// The prefix of the key of a device whose link is being released; no key that an owner chooses
/// begins with it.
constexpr char leaving_mark = '#';

/// Sets a flag for its lifetime, and then restores the old value.
class raised {
 public:
  explicit raised(bool& flag) : flag_(flag), before_(std::exchange(flag, true)) {}
  raised(const raised&) = delete;
  ~raised() { flag_ = before_; }

 private:
  bool& flag_;
  const bool before_;
};

/// Returns true if the error means that an accepted message never reached a device. After a lost connection
/// that is unknown, and `on_link_down` fails the requests.
bool was_not_sent(error_code ec) {
  return ec == errc::too_large || ec == errc::timed_out || ec == errc::denied;
}

}  // namespace

request_sender::request_sender(const clock& time, const decode_rules& rules, request_sender_owner& owner)
    : time_(time), rules_(rules), owner_(owner), alive_(std::make_shared<request_sender*>(this)) {}

device* request_sender::find_device(std::string_view key) const noexcept {
  const auto at = devices_.find(key);
  return at == devices_.end() ? nullptr : at->second.get();
}

/// Forgets the device that was idle for the longest time, if the limit is reached.
bool request_sender::make_room() {
  if (devices_.size() < most_devices) return true;
  auto oldest = devices_.end();
  for (auto at = devices_.begin(); at != devices_.end(); ++at)
    if (at->second->idle() &&
        (oldest == devices_.end() || at->second->last_used_ < oldest->second->last_used_))
      oldest = at;
  if (oldest == devices_.end()) return false;
  devices_.erase(oldest);
  return true;
}

device& request_sender::add_device(std::string key, std::unique_ptr<device> added) {
  return *devices_.emplace(std::move(key), std::move(added)).first->second;
}

bool request_sender::release(const device_link& via) {
  std::erase_if(devices_, [&](const auto& each) { return &each.second->via == &via && each.second->idle(); });
  std::vector<std::string> left;
  for (const auto& [key, device] : devices_)
    if (&device->via == &via) left.push_back(key);
  for (const auto& key : left) {
    if (key.front() == leaving_mark) continue;
    auto renamed =
        leaving_mark + std::to_string(++released_) + '/' + key;  // allocates before the device is taken out
    auto node = devices_.extract(key);
    node.key() = std::move(renamed);
    devices_.insert(std::move(node));
  }
  return left.empty();
}

void request_sender::forget_connections() {
  std::erase_if(devices_, [](const auto& each) { return each.second->idle(); });
  for (auto& [key, device] : devices_) device->answers_.forget();
}

void request_sender::place(device& at, std::unique_ptr<outgoing_request>&& q) {
  at.last_used_ = time_.now();
  if (at.via.up()) at.answers_.ask();
  auto& placed = *q;
  open_.add(placed.id(), placed.deadline(), std::move(q));
  placed.device_ = &at;
  placed.has_place_ = true;
  at.waiting_.append(placed);
}

void request_sender::send_next(device& to) {
  // A request that cannot be sent fails at once and calls this function again; the loop and
  // `held_` avoid recursion.
  if (to.held_ || !to.confirmed() || !to.via.up()) return;
  const raised mark(to.held_);
  const auto now = time_.now();
  while (auto* const q = to.waiting_.front()) {
    if (q->deadline() <= now) {
      end(q->id(), {});
    } else {
      if (to.in_flight_ >= q->most_in_flight()) break;
      send(*q);
    }
  }
}

void request_sender::send(outgoing_request& q) {
  auto& to = q.at();
  std::size_t bytes = 0;
  error_code ec;
  try {
    payload_.clear();
    q.encode(payload_);
    bytes = payload_.size();
    const auto topic =
        exchange_topic::make(to.ns, q.subsystem(), exchange_topic::kind::request, to.tag, q.id());
    ec = to.via.send(topic, payload_, q.deadline(),
                     to.via.is_followed(bytes) ? follow(q.id(), bytes) : device_link::sent_handler());
  } catch (const std::bad_alloc&) {
    owner_.on_no_memory();
    ec = make_error_code(boost::system::errc::not_enough_memory);
  }
  release_if_large(payload_);
  if (ec) return fail(*open_.take(q.id()), {failure::cause::not_sendable, ec, bytes, {}});
  to.waiting_.remove(q);
  ++to.in_flight_;
  q.sent_ = true;
  q.sent_at_ = to.last_used_ = time_.now();
  owner_.count(fact::sent);
  q.on_sent();
}

/// Handles later errors of the link for a sent request.
device_link::sent_handler request_sender::follow(const request_id& id, std::size_t bytes) {
  return [alive = std::weak_ptr(alive_), id, bytes](error_code ec) {
    const auto self = alive.lock();
    if (!self || !was_not_sent(ec)) return;
    if (auto unsent = (*self)->open_.take(id))
      (*self)->fail(*std::move(unsent), {failure::cause::not_sendable, ec, bytes, {}});
  };
}

outgoing_request* request_sender::find(const request_id& id) noexcept {
  auto* const found = open_.find(id);
  return found == nullptr ? nullptr : found->get();
}

bool request_sender::knows(const request_id& id) noexcept {
  return open_.find(id) != nullptr || outcomes_.recall(id) != outcome::unknown;
}

void request_sender::end(const request_id& id, const failure& why) {
  auto ended = open_.take(id);
  if (!ended) return;
  note(id, outcome::timed_out);
  fail(*std::move(ended), why);
}

void request_sender::end_all(const failure& why) {
  fail_all_if([](const outgoing_request&) { return true; }, why);
}

void request_sender::on_response(const device_link& from, const exchange_topic& topic,
                                 std::string_view payload) {
  const auto id = request_id::parse(topic.id(), validation::lenient);
  if (!id) return owner_.count(fact::foreign);
  auto* const q = find(*id);
  if (q == nullptr) return owner_.count(judge_unawaited(from, topic, *id, payload));
  const auto& to = q->at();
  if (!q->sent() || &to.via != &from || to.ns.text() != topic.ns() || to.tag.text() != topic.tag() ||
      q->subsystem().text() != topic.subsystem())
    return owner_.count(fact::mismatched);
  take_answer(*q, payload);
}

/// Ends a request with a message from its device, if the message is the answer.
void request_sender::take_answer(outgoing_request& q, std::string_view payload) {
  result<response, decode_fault> decoded = decode_fault{};
  bool made = false;
  try {
    auto rules = rules_;
    rules.codes = code_rules::foreign;
    decoded = decode_response(payload, rules);
    if (decoded && !is_answer_to(*decoded, q.id(), q.path())) return owner_.count(fact::mismatched);
    // Allocates first, because a request that was taken out of the table must not be lost.
    if (decoded) q.prepare(*decoded);
    made = true;
  } catch (const std::bad_alloc&) {
    owner_.on_no_memory();
  }
  auto ended = *open_.take(q.id());
  note(q.id(), outcome::answered);
  owner_.count(fact::answered);
  if (!made) return fail(std::move(ended), {failure::cause::no_memory, {}, 0, {}});
  if (!decoded) return fail(std::move(ended), {failure::cause::unusable, {}, 0, decoded.error().message});
  auto& to = q.at();
  q.leave();
  {
    const raised mark(to.held_);
    q.answered(*std::move(decoded));
    ended.reset();
  }
  send_next(to);
}

fact request_sender::judge_unawaited(const device_link& from, const exchange_topic& topic,
                                     const request_id& id, std::string_view payload) {
  const auto ended = outcomes_.recall(id);
  const auto as = ended == outcome::answered    ? fact::duplicate
                  : ended == outcome::timed_out ? fact::late
                                                : fact::foreign;
  return owner_.on_unawaited(as, from, topic, id, payload);
}

void request_sender::on_link_up(const device_link& which) {
  for (auto& [key, device] : devices_)
    if (&device->via == &which) device->answers_.ask();
}

void request_sender::on_link_down(const device_link& which, std::string_view why) {
  for (auto& [key, device] : devices_)
    if (&device->via == &which) device->answers_.on_link_down();
  fail_all_if(
      [&](const outgoing_request& q) { return &q.at().via == &which && (q.sent() || !q.outlasts_outage()); },
      {failure::cause::link_lost, {}, 0, why});
}

void request_sender::on_subscribed(device& at, error_code ec) {
  if (!ec) return send_next(at);
  fail_all_if([&](const outgoing_request& q) { return &q.at() == &at; },
              {failure::cause::not_confirmed, ec, 0, {}});
  // The next request subscribes again.
  std::erase_if(devices_, [&](const auto& each) { return each.second.get() == &at && at.idle(); });
}

void request_sender::expire(steady_time now) {
  while (auto late = open_.take_expired(now)) {
    note(late->first, outcome::timed_out);
    fail(std::move(late->second), {});
  }
}

void request_sender::fail(taken_request q, const failure& why) {
  auto& at = q->at();
  q->leave();
  {
    const raised mark(at.held_);  // the callee may ask again, or make room by forgetting idle devices
    q->failed(why);
    q.reset();
  }
  send_next(at);
}

/// Frees the places of all requests before the first one is notified, unless the list of requests
/// cannot be allocated.
template <class Predicate>
void request_sender::fail_all_if(Predicate&& wanted, const failure& why) {
  const auto is_wanted = [&](const taken_request& q) { return wanted(*q); };
  std::vector<std::pair<request_id, taken_request>> ended;
  try {
    ended = open_.take_all_if(is_wanted);
  } catch (const std::bad_alloc&) {
    for (auto left = open_.size(); left > 0; --left) {
      auto one = open_.take_one_if(is_wanted);
      if (!one) return;
      note(one->first, outcome::timed_out);
      fail(std::move(one->second), why);
    }
  }
  for (auto& [id, q] : ended) {
    note(id, outcome::timed_out);
    q->leave();
  }
  for (auto& [id, q] : ended) fail(std::move(q), why);
}

}  // namespace mqcoap::ask
