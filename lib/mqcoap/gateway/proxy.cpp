#include <mqcoap/gateway/proxy.hpp>

#include <algorithm>
#include <mqcoap/base/units.hpp>
#include <mqcoap/gateway/relayed_answer.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/serve/outcome_words.hpp>
#include <mqcoap/transport/packet_limit.hpp>
#include <new>

namespace mqcoap {
namespace {

using std::chrono::milliseconds;

constexpr unsigned default_hops = 8;
constexpr std::size_t most_upstreams = 4096;
/// Before the key of a device whose link is to go; in no broker's name.
constexpr char leaving_mark = '#';

/// Marks a device's queue as being worked off.
class sending_mark {
 public:
  explicit sending_mark(upstream& device) : device_(device) { device_.sending = true; }
  sending_mark(const sending_mark&) = delete;
  ~sending_mark() { device_.sending = false; }

 private:
  upstream& device_;
};

route_options make_unrouted(milliseconds timeout) {
  route_options route;
  route.name = unrouted_name;
  route.timeout = timeout;
  return route;
}

std::string describe(const upstream& device) { return device.tag.text() + " on broker " + device.via.name(); }

/// True if a link tells that what it took never reached a device. Of a lost connection nobody knows that, and
/// `on_link_down` ends its hops.
bool was_not_sent(error_code ec) {
  return ec == errc::too_large || ec == errc::timed_out || ec == errc::denied;
}

}  // namespace

proxy::rule_set::rule_set(proxy_options options)
    : routes(std::move(options.routes)), unrouted(make_unrouted(options.default_timeout)) {}

proxy::proxy(proxy_options options, environment env)
    : env_(env),
      rules_(std::make_shared<const rule_set>(std::move(options))),
      ids_(env_.ids),
      alive_(std::make_shared<proxy*>(this)) {}

proxy::~proxy() { abandon("the gateway is stopping"); }

void proxy::reconfigure(proxy_options options) {
  rules_ = std::make_shared<const rule_set>(std::move(options));
}

bool proxy::let_go(const link& l) {
  bool left = false;
  for (auto at = upstreams_.begin(); at != upstreams_.end();) {
    const auto next = std::next(at);
    if (&at->second->via == &l) {
      auto node = upstreams_.extract(at);
      if (!node.mapped()->idle()) {
        left = true;
        // Its name is free for the same device on the link that takes the place of this one.
        if (node.key().front() != leaving_mark)
          node.key() = leaving_mark + std::to_string(++let_go_) + '/' + node.key();
        upstreams_.insert(std::move(node));
      }
    }
    at = next;
  }
  return !left;
}

proxy::load proxy::load_of(const std::string& key) const noexcept {
  const auto at = upstreams_.find(key);
  return at == upstreams_.end() ? load{} : load{at->second->in_flight, at->second->waiting.size()};
}

proxy::load proxy::whole_load() const noexcept {
  load whole;
  for (const auto& [key, device] : upstreams_) {
    whole.in_flight += device->in_flight;
    whole.waiting += device->waiting.size();
  }
  return whole;
}

void proxy::forward(responder&& r, const address& to) {
  env_.stats.set_role(r.account(), request_role::forward, to.tag.text());
  if (const auto* route = rules_->routes.find(to, r.req().verb)) return forward_by(std::move(r), *route, to);
  const std::string what = std::string(to_string(r.req().verb)) + ' ' + to.to_string();
  std::move(r).refuse(response_code::proxying_not_supported, "no proxy route allows " + what);
}

void proxy::reverse(responder&& r) {
  const auto& asked = r->target;
  env_.stats.set_role(r.account(), request_role::reverse, asked.tag());
  const address to{*device_tag::parse(asked.tag()), *subsystem_name::parse(asked.subsystem()), r.req().path};
  if (const auto* route = rules_->routes.find(to, r.req().verb, true))
    return forward_by(std::move(r), *route, to);
  const std::string what = std::string(to_string(r.req().verb)) + ' ' + to.to_string();
  std::move(r).refuse(response_code::proxying_not_supported,
                      "no proxy route that serves this tag allows " + what);
}

void proxy::forward_mounted(responder&& r, const address& to) {
  env_.stats.set_role(r.account(), request_role::mount, r->target.tag());
  if (const auto* route = rules_->routes.find(to, r.req().verb)) return forward_by(std::move(r), *route, to);
  start(std::move(r), rules_->unrouted, {{}, {}, to});
}

void proxy::forward_by(responder&& r, const route_options& route, const address& to) {
  const auto where = rewrite(route.to, to, env_.decoding.limits.path);
  if (where) return start(std::move(r), route, *where);
  std::move(r).refuse(response_code::bad_gateway,
                      "route " + route.name + " makes no valid address of " + to.to_string());
}

void proxy::start(responder&& r, const route_options& route, const route_destination& where) {
  r.keep_deadline();
  env_.stats.set_route(r.account(), route.name);
  if (r.req().options->hops.value_or(default_hops) <= 1)  // RFC 8768 section 3
    return std::move(r).refuse(response_code::bad_gateway,
                               "no hops are left for this request: is it going round in a loop?");
  link* const via = find_link(where.broker);
  if (!via->up())
    return std::move(r).refuse(response_code::service_unavailable,
                               "broker " + via->name() + " is not connected; try again later");
  const auto left = places_left();
  if (left == 0)
    return std::move(r).refuse(response_code::service_unavailable,
                               "the gateway forwards " + std::to_string(hops_.size()) +
                                   " requests already (limits.in_flight); try again later");
  const auto deadline = deadline_of(*r, route);
  if (deadline <= env_.time.now()) {
    env_.counted.count(event::request_stale);
    return std::move(r).refuse(response_code::gateway_timeout,
                               "the time for this request was over before it was read; it was not sent");
  }
  const auto ns = where.ns.empty() ? env_.ns : *namespace_name::parse(where.ns);
  upstream* const device = find_or_add(*via, ns, where.to.tag);
  if (device == nullptr)
    return std::move(r).refuse(
        response_code::service_unavailable,
        "all " + std::to_string(most_upstreams) + " places for proxied devices are busy; try again later");

  const auto held = device->in_flight + device->waiting.size();
  if (held >= route.in_flight + route.queue)
    return std::move(r).refuse(response_code::service_unavailable,
                               device->tag.text() + " is busy and " + std::to_string(device->waiting.size()) +
                                   " requests wait for it already; try again later");
  if (held >= left)
    return std::move(r).refuse(
        response_code::service_unavailable,
        device->tag.text() + " has " + std::to_string(held) + " requests already, and the " +
            std::to_string(left) +
            " places that are left (limits.in_flight) are for others; try again later");

  const auto id = ids_.next();
  device->last_used = env_.time.now();
  env_.stats.note_asked(device->counted, device->last_used);
  device->answers.ask();
  device_place place(*device, id);
  // The call enters the hop last: if memory ends before, it is still with the caller of this function.
  hops_.add(id, deadline,
            hop{responder(),
                device,
                {rules_, &route},
                where.to.subsystem,
                where.to.path,
                deadline,
                std::move(place)});
  hops_.find(id)->caller = std::move(r);
  send_next(*device);
}

/// Of all that may wait for devices. No device gets more of them than are left for the others: one mute
/// device holds at most half of them, and each further one at most half of what is left.
std::size_t proxy::places_left() const noexcept {
  return env_.limits.in_flight > hops_.size() ? env_.limits.in_flight - hops_.size() : 0;
}

steady_time proxy::deadline_of(const call& c, const route_options& route) const {
  auto wait = route.timeout;
  if (const auto limit = c.req.options->timeout) {
    // The answer needs time to travel: a tenth of the caller's patience, at most 100 ms.
    const auto margin = std::min(*limit / 10, milliseconds(100));
    wait = std::min(wait, std::max(*limit - margin, milliseconds(1)));
  }
  return c.received + wait;
}

link* proxy::find_link(const std::string& name) const noexcept {
  for (link* l : env_.links)
    if (l->name() == name) return l;
  return env_.links.front();
}

upstream* proxy::find_or_add(link& via, const namespace_name& ns, const device_tag& tag) {
  std::string key = via.name() + '/' + ns.text() + '/' + tag.text();
  if (const auto at = upstreams_.find(key); at != upstreams_.end()) return at->second.get();
  if (upstreams_.size() >= most_upstreams && !make_room()) return nullptr;
  auto device = std::make_unique<upstream>(
      via, ns, tag, [this](upstream& u, error_code ec) { on_subscribed(u, ec); },
      env_.stats.device(via.name(), ns.text(), tag.text()));
  return upstreams_.emplace(key, std::move(device)).first->second.get();
}

/// Forgets the device that was idle for longest.
bool proxy::make_room() {
  auto oldest = upstreams_.end();
  for (auto at = upstreams_.begin(); at != upstreams_.end(); ++at)
    if (at->second->idle() &&
        (oldest == upstreams_.end() || at->second->last_used < oldest->second->last_used))
      oldest = at;
  if (oldest == upstreams_.end()) return false;
  upstreams_.erase(oldest);
  return true;
}

void proxy::on_subscribed(upstream& device, error_code ec) {
  if (!ec) return send_next(device);
  const std::string words =
      "the answers of " + describe(device) + " cannot be subscribed to: " + ec.message();
  for (auto& [id, waiting] : hops_.take_all_if([&](const hop& h) { return h.device == &device; }))
    refuse(std::move(waiting), response_code::service_unavailable, words);
  // The next request asks the broker again.
  std::erase_if(upstreams_, [&](const auto& entry) { return entry.second.get() == &device; });
}

void proxy::send_next(upstream& device) {
  // A request that cannot be sent ends at once and comes back here: a loop, not a recursion.
  if (device.sending || !device.answers.confirmed()) return;
  const sending_mark mark(device);
  const auto now = env_.time.now();
  while (!device.waiting.empty()) {
    const auto id = device.waiting.front();
    auto* const h = hops_.find(id);
    if (h == nullptr) break;  // everything is being ended, one by one
    if (h->deadline <= now)
      time_out(id, *hops_.take(id));
    else if (device.in_flight < h->route->in_flight)
      send(id, *h);
    else
      break;
  }
}

void proxy::send(const request_id& id, hop& h) {
  std::size_t size = 0;
  error_code ec;
  try {
    const auto payload = encode_hop(id, h);
    size = payload.size();
    ec = publish(id, h, payload);
  } catch (const std::bad_alloc&) {
    tell_of_memory();
    ec = make_error_code(boost::system::errc::not_enough_memory);
  }
  if (ec) return end_unsendable(*hops_.take(id), ec, size);
  h.place.note_sent();
  h.sent_at = env_.time.now();
  env_.counted.count(event::forwarded);
}

error_code proxy::publish(const request_id& id, const hop& h, const std::string& payload) {
  const auto topic =
      exchange_topic::make(h.device->ns, h.subsystem, exchange_topic::kind::request, h.device->tag, id);
  link::written_handler done;
  if (is_followed(payload.size(), h.device->via.largest_packet()))
    done = [alive = std::weak_ptr(alive_), id, size = payload.size()](error_code ec) {
      const auto self = alive.lock();
      if (!self || !was_not_sent(ec)) return;
      if (auto unsent = (*self)->hops_.take(id)) (*self)->end_unsendable(*std::move(unsent), ec, size);
    };
  return h.device->via.publish(topic.text(), payload, h.deadline, {}, std::move(done));
}

void proxy::end_unsendable(hop h, error_code ec, std::size_t bytes) {
  const auto to = describe(*h.device);
  if (ec != errc::too_large)
    return refuse(std::move(h), response_code::service_unavailable,
                  "the request could not be sent to " + to + ": " + ec.message());
  const auto& via = h.device->via;
  const auto words =
      too_large_words("the request to " + h.device->tag.text(), bytes, via.name(), via.largest_packet());
  refuse(std::move(h), response_code::request_entity_too_large, words);
}

std::string proxy::encode_hop(const request_id& id, const hop& h) const {
  const auto& asked = h.caller.req();
  request out{asked.verb,           h.path,           id,
              asked.correlation_id, h.route->token,   h.device->via.client_id(),
              asked.body,           env_.time.wall(), asked.options,
              asked.unknown};
  auto& options = out.options.edit();
  options.proxy_uri.reset();
  options.hops = asked.options->hops.value_or(default_hops) - 1;
  if (asked.options->timeout) {
    const auto left = std::chrono::duration_cast<milliseconds>(h.deadline - env_.time.now());
    options.timeout = std::max(left, milliseconds(1));
  }
  std::string payload;
  payload.reserve(asked.body.text().size() + 384);
  encode(payload, out, h.route->wire);
  return payload;
}

std::optional<proxy::sent_hop> proxy::find_sent(const request_id& id) noexcept {
  const auto* const h = hops_.find(id);
  if (h == nullptr || !h->place.sent()) return std::nullopt;
  const auto& device = *h->device;
  return sent_hop{device.via, device.tag, h->route->name, device.counted->last_seen.has_value(),
                  device.mute_behind_bridge};
}

void proxy::expect_loop(const request_id& id, std::string words) {
  auto* const h = hops_.find(id);
  if (h == nullptr) return;
  h->loop_words = std::move(words);
  if (!h->device->mute_behind_bridge) return;
  outcomes_.note(id, outcome_memory::outcome::timed_out);
  end_silent(id, *hops_.take(id));
}

void proxy::end_loop(const request_id& id, const std::string& words) {
  auto ended = hops_.take(id);
  if (!ended) return;
  outcomes_.note(id, outcome_memory::outcome::timed_out);
  fail(*std::move(ended), response_code::bad_gateway, words);
}

void proxy::on_response(link& from, const exchange_topic& topic, std::string_view payload) {
  const auto id = request_id::parse(topic.id(), validation::lenient);
  auto* const h = id ? hops_.find(*id) : nullptr;
  if (h == nullptr) return count_unawaited(from, topic, id ? &*id : nullptr, payload);
  const auto& device = *h->device;
  if (!h->place.sent() || &device.via != &from || device.ns.text() != topic.ns() ||
      device.tag.text() != topic.tag() || h->subsystem.text() != topic.subsystem())
    return env_.counted.count(event::answer_mismatched);
  try {
    take_answer(*id, *h, payload);
  } catch (const std::bad_alloc&) {
    end_for_memory(*id);
  }
}

/// Ends the hop by what its device sent, if that is an answer to it.
void proxy::take_answer(const request_id& id, hop& h, std::string_view payload) {
  auto rules = env_.decoding;
  rules.codes = code_rules::foreign;
  auto decoded = decode_response(payload, rules);
  if (decoded && (!(decoded->id == id) || !(decoded->path == h.path)))
    return env_.counted.count(event::answer_mismatched);
  const auto& tag = h.device->tag.text();
  if (!decoded) {
    const auto words = "the answer of " + tag + " is unusable: " + decoded.error().words;
    return fail(end_answered(id), response_code::bad_gateway, words);
  }
  // What needs memory comes first: a hop that was taken out is over.
  auto what = relayed(std::move(*decoded), tag, *h.caller, h.path);
  h.device->counted->count_answer(h.sent_at, env_.time.now());
  finish(end_answered(id), std::move(what));
}

/// Takes out a hop whose device has answered. Precondition: it is in the table.
proxy::hop proxy::end_answered(const request_id& id) {
  auto taken = *hops_.take(id);
  outcomes_.note(id, outcome_memory::outcome::answered);
  taken.device->counted->last_seen = env_.time.now();
  return taken;
}

/// Ends a hop whose answer there is no memory for, if it did not end before.
void proxy::end_for_memory(const request_id& id) {
  tell_of_memory();
  const auto* const h = hops_.find(id);
  if (h == nullptr) return;
  const auto words = "out of memory for the answer of " + h->device->tag.text() + may_have_run(*h->caller);
  fail(end_answered(id), response_code::service_unavailable, words);
}

void proxy::tell_of_memory() const {
  if (env_.out_of_memory) env_.out_of_memory();
}

/// An answer for which no hop waits. @param id  null: it has none that is valid
void proxy::count_unawaited(const link& from, const exchange_topic& topic, const request_id* id,
                            std::string_view payload) {
  if (id != nullptr && take_late(from, topic, *id, payload)) return count_late(from, topic);
  switch (id != nullptr ? outcomes_.recall(*id) : outcome_memory::outcome::unknown) {
    case outcome_memory::outcome::answered: return env_.counted.count(event::answer_duplicate);
    case outcome_memory::outcome::timed_out: return count_late(from, topic);
    case outcome_memory::outcome::unknown: return env_.counted.count(event::answer_unexpected);
  }
}

/// True if this is the answer to a write that ended without one: a repeat of the write gets it.
bool proxy::take_late(const link& from, const exchange_topic& topic, const request_id& id,
                      std::string_view payload) {
  const auto* const awaited = late_.find(from.name(), topic, id);
  if (awaited == nullptr) return false;
  auto rules = env_.decoding;
  rules.codes = code_rules::foreign;
  auto decoded = decode_response(payload, rules);
  if (!decoded || !(decoded->id == id) || !(decoded->path == awaited->path)) return false;
  const auto taken = *late_.take(id);
  if (env_.late) env_.late(taken.asked, relayed(std::move(*decoded), topic.tag(), taken.asked, taken.path));
  return true;
}

/// Keeps what a late answer needs, of a write that ends without an answer while the device has it. Without
/// memory for that, the late answer is only counted.
void proxy::expect_late(const request_id& id, const hop& h) noexcept try {
  if (h.caller->asked().verb == method::get) return;
  auto topic =
      exchange_topic::make(h.device->ns, h.subsystem, exchange_topic::kind::response, h.device->tag, id)
          .text();
  topic.resize(topic.size() - id.text().size());
  late_.expect(id, env_.time.now(),
               {h.caller->without_body(), h.device->via.name(), std::move(topic), h.path});
} catch (const std::bad_alloc&) {
  // What the caller is told does not depend on it.
}

bool proxy::has_asked(const exchange_topic& response) {
  const auto id = request_id::parse(response.id(), validation::lenient);
  return id && (hops_.find(*id) != nullptr || outcomes_.recall(*id) != outcome_memory::outcome::unknown);
}

void proxy::count_late(const link& from, const exchange_topic& topic) {
  env_.counted.count(event::answer_late);
  if (auto* device = env_.stats.find_device(from.name(), topic.ns(), topic.tag()))
    device->count_late(env_.time.now());
}

void proxy::on_link_up(link& which) {
  for (auto& [key, device] : upstreams_)
    if (&device->via == &which) device->answers.ask();
}

void proxy::on_link_down(link& which, std::string_view why) {
  for (auto& [key, device] : upstreams_)
    if (&device->via == &which) device->answers.on_link_down();
  const std::string gone = "broker " + which.name() + " is gone (" + std::string(why) + ')';
  for (auto& [id, lost] : hops_.take_all_if([&](const hop& h) { return &h.device->via == &which; })) {
    outcomes_.note(id, outcome_memory::outcome::timed_out);
    end_unanswered(id, std::move(lost), gone);
  }
}

void proxy::expire(steady_time now) {
  while (auto late = hops_.take_expired(now)) time_out(late->first, std::move(late->second));
}

void proxy::time_out(const request_id& id, hop h) {
  outcomes_.note(id, outcome_memory::outcome::timed_out);
  if (!h.loop_words.empty()) {
    // A caller's timeout_ms may be too short for a device that is there.
    if (h.deadline - h.caller->received >= h.route->timeout) h.device->mute_behind_bridge = true;
    return end_silent(id, std::move(h));
  }
  const auto waited = std::chrono::duration_cast<milliseconds>(h.deadline - h.caller->received);
  const auto words = h.device->tag.text() + " did not answer within " + to_string(waited);
  if (h.place.sent()) {
    expect_late(id, h);
    const auto unknown = may_have_run(*h.caller);
    return fail(std::move(h), response_code::gateway_timeout, words + unknown);
  }
  const auto why = h.device->answers.confirmed()
                       ? "; the request waited behind others and was not sent"
                       : "; the request was not sent, because broker " + h.device->via.name() +
                             " has not confirmed the subscription to its answers";
  refuse(std::move(h), response_code::gateway_timeout, words + why);
}

/// Ends a hop that came back and that no device has answered. The device may have it all the same.
void proxy::end_silent(const request_id& id, hop h) {
  expect_late(id, h);
  const auto words = h.loop_words + may_have_run(*h.caller);
  fail(std::move(h), response_code::bad_gateway, words);
}

void proxy::abandon(std::string_view why) {
  for (auto& [id, left] : hops_.take_all_if([](const hop&) { return true; }))
    end_unanswered(id, std::move(left), std::string(why));
}

void proxy::finish(hop h, answer&& what) {
  h.place.leave();
  auto& device = *h.device;
  std::move(h.caller).respond(std::move(what));
  send_next(device);
}

void proxy::fail(hop h, response_code code, const std::string& words) {
  h.place.leave();
  auto& device = *h.device;
  device.counted->count_failure(words, env_.time.now());
  std::move(h.caller).fail(code, words);
  send_next(device);
}

/// Fails a hop that was not sent.
void proxy::refuse(hop h, response_code code, const std::string& words) {
  h.place.leave();
  auto& device = *h.device;
  device.counted->count_failure(words, env_.time.now());
  std::move(h.caller).refuse(code, words);
  send_next(device);
}

/// 504 means that nobody knows whether the device ran it, 503 that it did not.
void proxy::end_unanswered(const request_id& id, hop h, const std::string& why) {
  if (!h.place.sent())
    return refuse(std::move(h), response_code::service_unavailable, why + "; the request was not sent");
  expect_late(id, h);
  const auto unknown = may_have_run(*h.caller);
  fail(std::move(h), response_code::gateway_timeout, why + unknown);
}

void mount::handle(responder&& r) {
  const auto rest = r->rest();
  const std::string text = to_.path.empty() ? std::string(rest) : to_.path + '/' + std::string(rest);
  auto path = resource_path::parse(text, proxy_.path_limit());
  if (!path)
    return std::move(r).refuse(response_code::bad_gateway,
                               "the path behind this mount would be no valid path");
  const address to{to_.tag, to_.subsystem, *std::move(path)};
  proxy_.forward_mounted(std::move(r), to);
}

}  // namespace mqcoap
