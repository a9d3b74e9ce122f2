#include <mqcoap/gateway/proxy.hpp>

#include <algorithm>
#include <mqcoap/base/units.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/serve/answer_margin.hpp>

namespace mqcoap {
namespace {

using std::chrono::milliseconds;

route_options make_unrouted(milliseconds timeout) {
  route_options route;
  route.name = unrouted_name;
  route.timeout = timeout;
  return route;
}

answer unavailable(std::string_view message) {
  return answer::refusal(response_code::service_unavailable, message);
}

}  // namespace

proxy_rules::proxy_rules(proxy_options options)
    : routes(std::move(options.routes)), unrouted(make_unrouted(options.default_timeout)) {}

proxy::proxy(proxy_options options, environment env)
    : env_(env),
      rules_(std::make_shared<const proxy_rules>(std::move(options))),
      around_{env_.time, env_.decoding, late_},
      sender_(env_.time, env_.decoding, *this),
      ids_(env_.ids) {}

proxy::~proxy() { abandon("the gateway is stopping"); }

bool proxy::release(const link& l) {
  const auto* const way = find_way(l);
  if (way == nullptr) return true;
  if (!sender_.release(*way)) return false;
  std::erase_if(ways_, [way](const auto& each) { return each.get() == way; });
  return true;
}

proxy::load proxy::load_of(const std::string& key) const noexcept {
  const auto* const device = sender_.find_device(key);
  return device == nullptr ? load{} : device->now();
}

proxy::load proxy::whole_load() const noexcept {
  load whole;
  for (const auto& [key, device] : sender_.devices()) {
    whole.in_flight += device->now().in_flight;
    whole.waiting += device->now().waiting;
  }
  return whole;
}

void proxy::forward(responder&& r, const address& to) {
  env_.stats.set_role(r, request_role::forward, to.tag.text());
  if (const auto* route = rules_->routes.find(to, r.req().verb)) return forward_by(std::move(r), *route, to);
  const std::string what = std::string(to_string(r.req().verb)) + ' ' + to.to_string();
  std::move(r).refuse(response_code::proxying_not_supported, "no proxy route allows " + what);
}

void proxy::reverse(responder&& r) {
  const auto& target = r->target;
  env_.stats.set_role(r, request_role::reverse, target.tag());
  const address to{*device_tag::parse(target.tag()), *subsystem_name::parse(target.subsystem()),
                   r.req().path};
  if (const auto* route = rules_->routes.find(to, r.req().verb, true))
    return forward_by(std::move(r), *route, to);
  const std::string what = std::string(to_string(r.req().verb)) + ' ' + to.to_string();
  std::move(r).refuse(response_code::proxying_not_supported,
                      "no proxy route that serves this tag allows " + what);
}

void proxy::forward_mounted(responder&& r, const address& to) {
  env_.stats.set_role(r, request_role::mount, r->target.tag());
  if (const auto* route = rules_->routes.find(to, r.req().verb)) return forward_by(std::move(r), *route, to);
  start(std::move(r), rules_->unrouted, to, {{}, {}, to});
}

void proxy::forward_by(responder&& r, const route_options& route, const address& to) {
  auto where = rewrite(route.to, to, env_.decoding.limits.path);
  if (where) return start(std::move(r), route, to, *std::move(where));
  std::move(r).refuse(response_code::bad_gateway,
                      "route " + route.name + " would rewrite " + to.to_string() + " to an invalid address");
}

void proxy::start(responder&& r, const route_options& route, const address& requested,
                  route_destination where) {
  r.keep_deadline();
  env_.stats.set_route(r, route.name);
  link* const via = find_link(where.broker);
  const auto deadline = deadline_of(*r, route);
  if (auto why = reason_to_refuse(*r, *via, deadline)) return std::move(r).respond(*std::move(why));
  upstream* const device = find_or_add(*via, where.ns.empty() ? env_.ns.text() : where.ns, where.to.tag);
  if (device == nullptr)
    return std::move(r).respond(unavailable("all " + std::to_string(ask::request_sender::most_devices) +
                                            " places for proxied devices are busy; try again later"));
  if (auto why = reason_to_refuse(*device, route)) return std::move(r).respond(*std::move(why));

  const auto id = ids_.next();
  env_.stats.note_request(device->counted, env_.time.now());
  auto made =
      std::make_unique<hop>(around_, id, deadline, requested,
                            std::shared_ptr<const route_options>(rules_, &route), std::move(where.to));
  auto& placed = *made;
  sender_.place(*device, std::move(made));
  // Takes the caller last: if memory allocation fails before, the caller of this function still has the call.
  placed.take_caller(std::move(r));
  sender_.send_next(*device);
}

std::optional<answer> proxy::reason_to_refuse(const call& c, const link& via, steady_time deadline) {
  if (c.req.options->hops.value_or(default_hops) <= 1)  // RFC 8768 section 3
    return answer::refusal(response_code::bad_gateway,
                           "no hops are left for this request: is it going round in a loop?");
  if (!via.up()) return unavailable("broker " + via.name() + " is not connected; try again later");
  if (places_left() == 0)
    return unavailable("the gateway is already forwarding " + std::to_string(sender_.size()) +
                       " requests (limits.in_flight); try again later");
  if (deadline > env_.time.now()) return std::nullopt;
  env_.counted.count(event::request_stale);
  return answer::refusal(response_code::gateway_timeout,
                         "the time for this request was over before it was read; it was not sent");
}

std::optional<answer> proxy::reason_to_refuse(const upstream& device, const route_options& route) const {
  const auto held = device.now();
  if (held.all() >= route.in_flight + route.queue)
    return unavailable(device.tag.text() + " is busy and " + std::to_string(held.waiting) +
                       " requests are already waiting for it; try again later");
  const auto left = places_left();
  if (held.all() < left) return std::nullopt;
  return unavailable(device.tag.text() + " has " + std::to_string(held.all()) +
                     " requests already, and the " + std::to_string(left) +
                     " places that are left (limits.in_flight) are for others; try again later");
}

/// Returns the number of requests that may still be forwarded. No device gets more places than remain for the
/// others: one device that does not answer holds at most half of them, and each further one at most half of
/// what remains.
std::size_t proxy::places_left() const noexcept {
  return env_.limits.in_flight > sender_.size() ? env_.limits.in_flight - sender_.size() : 0;
}

steady_time proxy::deadline_of(const call& c, const route_options& route) const {
  auto wait = route.timeout;
  if (const auto caller_timeout = c.req.options->timeout)
    wait = std::min(wait, without_margin(*caller_timeout));
  return c.received + wait;
}

link* proxy::find_link(const std::string& name) const noexcept {
  for (link* l : env_.links)
    if (l->name() == name) return l;
  return env_.links.front();
}

upstream* proxy::find_or_add(link& via, const std::string& ns, const device_tag& tag) {
  std::string key = via.name() + '/' + ns + '/' + tag.text();
  if (auto* const known = sender_.find_device(key)) return static_cast<upstream*>(known);
  if (!sender_.make_room()) return nullptr;
  auto added = std::make_unique<upstream>(sender_, way_over(via), *namespace_name::parse(ns), tag,
                                          env_.stats.device(via.name(), ns, tag.text()));
  return static_cast<upstream*>(&sender_.add_device(std::move(key), std::move(added)));
}

mqtt_device_link& proxy::way_over(link& via) {
  if (auto* const known = find_way(via)) return *known;
  return *ways_.emplace_back(std::make_unique<mqtt_device_link>(&via));
}

mqtt_device_link* proxy::find_way(const link& via) const noexcept {
  for (const auto& way : ways_)
    if (way->over() == &via) return way.get();
  return nullptr;
}

std::optional<proxy::sent_hop> proxy::find_sent(const request_id& id) noexcept {
  const auto* const h = find_hop(id);
  if (h == nullptr || !h->sent()) return std::nullopt;
  const auto& device = h->device();
  return sent_hop{device.over(), device.tag, h->route().name, device.counted->last_seen.has_value(),
                  device.mute_behind_bridge};
}

void proxy::expect_loop(const request_id& id, std::string message) {
  auto* const h = find_hop(id);
  if (h == nullptr) return;
  h->expect_loop(std::move(message));
  if (h->device().mute_behind_bridge) sender_.end(id, {ask::failure::cause::ended});
}

void proxy::end_loop(const request_id& id, const std::string& message) {
  sender_.end(id, {ask::failure::cause::ended, {}, 0, message});
}

void proxy::on_response(link& from, const exchange_topic& topic, std::string_view payload) {
  sender_.on_response(way_over(from), topic, payload);
}

void proxy::count(ask::fact what) noexcept {
  switch (what) {
    case ask::fact::sent: return env_.counted.count(event::forwarded);
    case ask::fact::answered: return;
    case ask::fact::late: return env_.counted.count(event::answer_late);
    case ask::fact::duplicate: return env_.counted.count(event::answer_duplicate);
    case ask::fact::mismatched: return env_.counted.count(event::answer_mismatched);
    case ask::fact::foreign: return env_.counted.count(event::answer_unexpected);
  }
}

void proxy::on_no_memory() noexcept {
  if (env_.out_of_memory) env_.out_of_memory();
}

ask::fact proxy::on_unawaited(ask::fact as, const ask::device_link& from, const exchange_topic& topic,
                              const request_id& id, std::string_view payload) {
  if (as == ask::fact::duplicate) return as;
  const auto& via = *static_cast<const mqtt_device_link&>(from).over();
  if (!take_late(via, topic, id, payload) && as != ask::fact::late) return as;
  if (auto* device = env_.stats.find_device(via.name(), topic.ns(), topic.tag()))
    device->count_late(env_.time.now());
  return ask::fact::late;
}

/// Returns true if this is the answer to a write that ended without one; a repeat of the write then gets it.
bool proxy::take_late(const link& from, const exchange_topic& topic, const request_id& id,
                      std::string_view payload) {
  const auto* const awaited = late_.find(from.name(), topic, id);
  if (awaited == nullptr) return false;
  auto rules = env_.decoding;
  rules.codes = code_rules::foreign;
  auto decoded = decode_response(payload, rules);
  if (!decoded || !is_answer_to(*decoded, id, awaited->path)) return false;
  const auto taken = *late_.take(id);
  relay(*decoded, topic.tag());
  if (!decoded->location.empty()) decoded->location = taken.way.from(decoded->location);
  if (env_.late) env_.late(taken.original, *decoded);
  return true;
}

bool proxy::knows(const exchange_topic& response) {
  const auto id = request_id::parse(response.id(), validation::lenient);
  return id && sender_.knows(*id);
}

void proxy::on_link_up(link& which) {
  if (const auto* const way = find_way(which)) sender_.on_link_up(*way);
}

void proxy::on_link_down(link& which, std::string_view why) {
  const auto* const way = find_way(which);
  if (way == nullptr) return;
  sender_.on_link_down(*way, "broker " + which.name() + " is gone (" + std::string(why) + ')');
}

void proxy::abandon(std::string_view why) { sender_.end_all({ask::failure::cause::link_lost, {}, 0, why}); }

}  // namespace mqcoap
