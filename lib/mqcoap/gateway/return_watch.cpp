#include <mqcoap/gateway/return_watch.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace mqcoap {
namespace {

/// Returns true if two connections lead to the same server.
bool same_server(const link& a, const link& b) {
  if (&a == &b) return true;
  const auto server = a.server();
  return !server.empty() && server == b.server();
}

bool has_broker(const std::vector<link*>& links, std::string_view name) {
  return std::any_of(links.begin(), links.end(), [name](const link* l) { return l->name() == name; });
}

void report_bridge(const return_watch::row& r, std::string_view tag) {
  spdlog::error(
      "brokers {0} and {1} are bridged, or are one: a request for {2} that was sent to {0} came back from "
      "{1} and was dropped. Callers reach such devices without the gateway, and their writes run twice: "
      "{3} must not serve them (serve: true), or the bridge must leave their tags out",
      r.sent_to, r.came_from, tag, r.route.empty() ? "the gateway" : "route " + r.route);
}

void report_own_source(const return_watch::row& r, std::string_view tag, std::string_view client_id) {
  spdlog::error(
      "a request for {0} came from broker {1} with the gateway's own client id, {2}, as its source: {3} "
      "leads "
      "round in a loop, or another program uses this id; such requests get 502",
      tag, r.came_from, client_id, r.route.empty() ? "a route" : "route " + r.route);
}

std::string loop_text(const proxy::sent_hop& hop, const link& from, std::string_view how) {
  auto message = "the request for " + hop.tag.text() + " came back: ";
  if (&hop.via != &from) message.append("brokers " + hop.via.name() + " and " + from.name()).append(how);
  return message + "route " + hop.route + " leads round in a loop";
}

}  // namespace

void return_watch::begin(const std::vector<link*>& links) {
  if (ours_.size() + links.size() > most_ids) ours_.clear();
  for (const auto* l : links) {
    identity us{l->client_id(), l->name()};
    if (std::find(ours_.begin(), ours_.end(), us) == ours_.end()) ours_.push_back(std::move(us));
  }
  links_ = links;
  std::erase_if(rows_, [&](const row& r) {
    return !has_broker(links, r.sent_to) || !has_broker(links, r.came_from) ||
           !(r.route.empty() || r.route == unrouted_name || hops_.routes().has(r.route));
  });
}

return_watch::verdict return_watch::look_for_hop(const link& from, const exchange_topic& topic,
                                                 bool answered_here) {
  const auto id = request_id::parse(topic.id(), validation::lenient);
  const auto hop = id ? hops_.find_sent(*id) : std::nullopt;
  if (!hop) return verdict::foreign;
  const bool loop = same_server(hop->via, from);
  if (loop && answered_here) return verdict::home;
  counted_.count(event::request_returned);
  auto* const seen = note({loop, hop->via.name(), from.name(), hop->route});
  const bool first = seen != nullptr && seen->count == 1;
  if (loop) {
    const auto message = loop_text(*hop, from, " are one, and ");
    if (first) spdlog::error("{}", message);
    hops_.end_loop(*id, message);
    return verdict::caught;
  }
  if (first) report_bridge(*seen, topic.tag());
  if (seen != nullptr) {
    seen->answered = seen->answered || hop->device_answered;
    seen->silent = seen->silent || hop->device_mute;
  }
  if (!hop->device_answered)
    hops_.expect_loop(*id, loop_text(*hop, from, " are one or bridged, and no device answers; "));
  return verdict::caught;
}

return_watch::verdict return_watch::look_at_source(const link& from, const exchange_topic& topic,
                                                   const request& requested) {
  if (requested.source.empty()) return verdict::foreign;
  const identity* sender = nullptr;
  for (const auto& us : ours_)
    if (us.client_id == requested.source && (sender == nullptr || !leads_to(us, from))) sender = &us;
  if (sender == nullptr) return verdict::foreign;
  counted_.count(event::request_returned);
  const bool loop = leads_to(*sender, from);
  const address to{*device_tag::parse(topic.tag()), *subsystem_name::parse(topic.subsystem()),
                   requested.path};
  const auto* const route = hops_.routes().find(to, requested.verb, true);
  const auto* const seen =
      note({loop, sender->broker, from.name(), route == nullptr ? std::string() : route->name});
  if (seen != nullptr && seen->count == 1)
    loop ? report_own_source(*seen, topic.tag(), sender->client_id) : report_bridge(*seen, topic.tag());
  return loop ? verdict::loop : verdict::caught;
}

bool return_watch::leads_to(const identity& us, const link& from) const {
  if (us.broker == from.name()) return true;
  return std::any_of(links_.begin(), links_.end(), [&](const link* l) {
    return l->name() == us.broker && l->client_id() == us.client_id && same_server(*l, from);
  });
}

return_watch::row* return_watch::note(row what) {
  const auto now = time_.now();
  auto at = std::find_if(rows_.begin(), rows_.end(), [&](const row& r) {
    return r.loop == what.loop && r.sent_to == what.sent_to && r.came_from == what.came_from &&
           r.route == what.route;
  });
  if (at == rows_.end()) {
    if (rows_.size() >= most_rows) return nullptr;
    what.since = now;
    at = rows_.insert(at, std::move(what));
  }
  ++at->count;
  at->last = now;
  return &*at;
}

}  // namespace mqcoap
