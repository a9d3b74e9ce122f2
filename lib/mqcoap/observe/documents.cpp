#include <mqcoap/observe/documents.hpp>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <mqcoap/base/utf8.hpp>
#include <mqcoap/observe/drop_reasons.hpp>
#include <mqcoap/observe/observer.hpp>
#include <vector>

namespace mqcoap::observe {
namespace {

namespace json = boost::json;

/// The maximum number of listed devices: about 400 bytes each, in a payload of 256 KiB.
constexpr std::size_t most_devices_listed = 500;
/// The maximum length of an error text in bytes.
constexpr std::size_t longest_error = 160;

double millis(std::chrono::nanoseconds d) {
  return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(d).count()) / 1000;
}

/// The maximum number of tags in a list that has to fit into a payload.
constexpr std::size_t most_tags_listed = 20;

/// Truncates an error text without splitting a UTF-8 character.
std::string shortened(std::string text) {
  if (text.size() <= longest_error) return text;
  return std::string(cut_utf8(text, longest_error)) + "...";
}

json::object describe(const observer& o, const std::string& key, const device_statistics& d) {
  const auto load = o.running().load_of(key);
  json::object device{{"tag", d.tag},
                      {"broker", d.broker},
                      {"namespace", d.ns},
                      {"in_flight", load.in_flight},
                      {"waiting", load.waiting},
                      {"answered", d.answered},
                      {"failed", d.failed},
                      {"late", d.late},
                      {"last_asked", o.wall(d.last_request).count}};
  if (d.last_seen) device["last_seen"] = o.wall(*d.last_seen).count;
  if (!d.last_error.empty())
    device["last_error"] = {{"when", o.wall(d.last_error_at).count}, {"words", shortened(d.last_error)}};
  if (const auto recent = d.durations.at(o.now()))
    device["recent_ms"] = {
        {"p50", millis(recent->p50)}, {"p95", millis(recent->p95)}, {"p99", millis(recent->p99)}};
  return device;
}

json::object describe(const observer& o, const link& l) {
  const auto stats = l.stats();
  json::object broker{{"name", l.name()},           {"up", l.up()},
                      {"client_id", l.client_id()}, {"connects", stats.connects},
                      {"received", stats.received}, {"sent", stats.sent},
                      {"queued", stats.queued}};
  json::object dropped;
  for (const auto& reason : link_drop_reasons) dropped[reason.label] = stats.*reason.count;
  broker["dropped"] = std::move(dropped);
  for (const auto& row : o.running().stats().brokers()) {
    if (row.name != l.name()) continue;
    broker["since"] = o.wall(row.since).count;
    if (row.why) broker["why"] = row.why.message();
  }
  return broker;
}

json::object describe(const presence_status& p) {
  json::array failing;
  for (const auto& [tag, why] : p.failing) failing.push_back({{"tag", tag}, {"why", shortened(why)}});
  return {{"devices", p.devices}, {"announced", p.announced}, {"failing", std::move(failing)}};
}

json::object describe_rivals(const std::vector<std::string>& tags) {
  const auto listed = std::min(tags.size(), most_tags_listed);
  return {{"tags", json::array(tags.begin(), tags.begin() + static_cast<std::ptrdiff_t>(listed))},
          {"left_out", tags.size() - listed}};
}

/// Returns the requests of the gateway that a broker sent back, by route.
json::array describe_returned(const observer& o) {
  json::array all;
  for (const auto& row : o.running().returned())
    all.push_back({{"what", row.is_loop() ? "loop" : "bridge"},
                   {"route", row.route},
                   {"sent_to", row.sent_to},
                   {"came_from", row.came_from},
                   {"count", row.count},
                   {"since", o.wall(row.since).count},
                   {"last", o.wall(row.last).count}});
  return all;
}

}  // namespace

json_text make_status_document(const observer& o) {
  const auto& g = o.running();
  const auto why = o.why_not_ready();
  const auto load = g.whole_load();
  const auto run_once = g.run_once_usage();
  json::object dropped;
  for (const auto& reason : drop_reasons) dropped[reason.label] = g.counted()[reason.what];
  json::object status{{"version", o.version()},
                      {"started", o.started().count},
                      {"uptime_s", o.uptime().count()},
                      {"ready", !why.has_value()},
                      {"devices", g.device_count()},
                      {"routes", g.route_count()},
                      {"in_flight", g.in_flight()},
                      {"forwards", {{"in_flight", load.in_flight}, {"waiting", load.waiting}}},
                      {"answered", g.counted()[event::answered]},
                      {"unsent", g.counted()[event::answer_unsent]},
                      {"forwarded", g.counted()[event::forwarded]},
                      {"run_once", {{"entries", run_once.entries}, {"fill_ratio", run_once.share}}},
                      {"dropped", std::move(dropped)},
                      {"presence", describe(o.presences())},
                      {"rivals", describe_rivals(o.rivals())},
                      {"http", o.http_state()},
                      {"log", {{"dropped", o.log_dropped()}}}};
  if (why) status["why_not_ready"] = *why;
  if (auto returned = describe_returned(o); !returned.empty()) status["returned"] = std::move(returned);
  if (const auto& reload = o.last_reload())
    status["reload"] = {{"when", reload->when.count}, {"ok", reload->ok}, {"words", reload->message}};
  return json_text::from_value(status);
}

json_text make_devices_document(const observer& o) {
  const auto& known = o.running().stats().devices();
  std::vector<decltype(known.begin())> order;
  for (auto at = known.begin(); at != known.end(); ++at) order.push_back(at);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return a->second->last_request != b->second->last_request
               ? a->second->last_request > b->second->last_request
               : a->first < b->first;
  });
  const auto listed = std::min(order.size(), most_devices_listed);
  json::array devices;
  for (std::size_t i = 0; i < listed; ++i) devices.push_back(describe(o, order[i]->first, *order[i]->second));
  return json_text::from_value(
      json::object{{"devices", std::move(devices)}, {"left_out", order.size() - listed}});
}

json_text make_brokers_document(const observer& o) {
  json::array brokers;
  for (const link* l : o.running().links()) brokers.push_back(describe(o, *l));
  return json_text::from_value(json::object{{"brokers", std::move(brokers)}});
}

json_text make_state_document(const observer& o) {
  json::object lease;
  if (const auto which = o.lease()) {
    lease = {{"role", which->leads ? "leader" : "standby"}, {"epoch", which->epoch}};
    if (which->age) lease["age_ms"] = millis(*which->age);
  }
  const auto held = o.store();
  if (!held) return json_text::from_value(json::object{{"store", "memory"}});
  const auto mean = held->commits.count() == 0
                        ? 0.0
                        : held->commits.sum() * 1000 / static_cast<double>(held->commits.count());
  json::object state{{"store", held->engine},
                     {"where", held->where},
                     {"bytes", held->bytes},
                     {"restored", held->cells},
                     {"commits", {{"count", held->commits.count()}, {"mean_ms", mean}}},
                     {"values", held->values},
                     {"waiting", held->waiting},
                     {"refused", held->refused},
                     {"set_aside", held->set_aside}};
  if (!lease.empty()) state["lease"] = std::move(lease);
  if (held->failing) state["failing"] = shortened(*held->failing);
  if (held->damaged) state["damaged"] = *held->damaged;
  return json_text::from_value(state);
}

}  // namespace mqcoap::observe
