#include <mqcoap/gateway/statistics.hpp>

#include <algorithm>
#include <mqcoap/base/glob.hpp>
#include <mqcoap/gateway/call_account.hpp>

namespace mqcoap {
namespace {

constexpr char other[] = "other";
constexpr std::uint16_t other_route = 1;

std::string device_key(std::string_view broker, std::string_view ns, std::string_view tag) {
  return std::string(broker).append(1, '/').append(ns).append(1, '/').append(tag);
}

bool is_plain(const std::string& tag) {
  return !tag.empty() && !is_glob(tag) && tag.find('{') == std::string::npos;
}

}  // namespace

std::string_view to_string(request_role r) noexcept {
  switch (r) {
    case request_role::none: return "none";
    case request_role::local: return "local";
    case request_role::forward: return "forward";
    case request_role::reverse: return "reverse";
    case request_role::mount: return "mount";
  }
  return "";
}

statistics::statistics() : tags_{{other, {}}}, routes_{{"", {}}, {other, {}}} {}

void statistics::configure(const gateway_options& options) {
  for (const auto& device : options.devices) add_tag(device.tag.text());
  if (options.proxy.forward) add_tag(options.proxy.forward->text());
  for (const auto& route : options.proxy.routes) {
    add_route(route.name);
    for (const auto& tag : route.match.tags) add_tag(tag);
    add_tag(route.to.tag);
  }
  add_route(unrouted_name);
}

void statistics::add_tag(const std::string& tag) {
  if (tags_.size() > most_tags || !is_plain(tag) || names(tag)) return;
  tag_index_.emplace(tag, static_cast<std::uint16_t>(tags_.size()));
  tags_.push_back({tag, {}});
}

void statistics::add_route(const std::string& name) {
  if (route_index_.size() >= most_routes || name.empty() || route_index_.contains(name)) return;
  route_index_.emplace(name, static_cast<std::uint16_t>(routes_.size()));
  routes_.push_back({name, {}});
}

std::uint16_t statistics::row_of(std::string_view tag) const noexcept {
  const auto at = tag_index_.find(tag);
  return at == tag_index_.end() ? 0 : at->second;
}

void statistics::set_role(responder& r, request_role role, std::string_view tag) const noexcept {
  auto account = call_account::of(*r);
  account.role = role;
  account.device = row_of(tag);
  account.write_to(r);
}

void statistics::set_route(responder& r, std::string_view route) const noexcept {
  const auto at = route_index_.find(route);
  auto account = call_account::of(*r);
  account.route = at == route_index_.end() ? other_route : at->second;
  account.write_to(r);
}

void statistics::follow(feed& facts) {
  followed_.push_back(facts.ended.subscribe([this](const request_ended& fact) { count_ended(fact); }));
  followed_.push_back(
      facts.unreadable.subscribe([this](const request_unreadable& fact) { count_unreadable(fact); }));
  followed_.push_back(facts.links.subscribe([this](const link_changed& fact) { note_link(fact); }));
}

/// Counts a call that has ended. One that was not admitted was refused before a handler was called.
void statistics::count_ended(const request_ended& fact) {
  const auto& c = fact.ended_call;
  const auto verb = static_cast<std::uint8_t>(c.original_request().verb);
  if (!c.admitted) return count(row_of(c.target.tag()), request_role::none, verb, fact.what.code);
  const auto account = call_account::of(c);
  count(account.device, account.role, verb, fact.what.code);
  routes_[account.route].durations[static_cast<std::size_t>(account.role)].record(fact.took);
}

void statistics::count_unreadable(const request_unreadable& fact) {
  count(row_of(fact.topic.tag()), request_role::none, 0, fact.fault.code);
}

void statistics::count(std::uint16_t row, request_role role, std::uint8_t verb, response_code code) {
  const auto number = static_cast<std::uint16_t>(to_int(code));
  auto& requests = tags_[row].requests;
  const auto at = std::find_if(requests.begin(), requests.end(), [&](const request_count& r) {
    return r.code == number && r.verb == verb && r.role == role;
  });
  if (at == requests.end())
    requests.push_back({role, verb, number, 1});
  else
    ++at->count;
}

std::shared_ptr<device_statistics> statistics::device(const std::string& broker, const std::string& ns,
                                                      const std::string& tag) {
  const auto key = device_key(broker, ns, tag);
  if (const auto at = devices_.find(key); at != devices_.end()) return at->second;
  auto made = std::make_shared<device_statistics>();
  made->broker = broker;
  made->ns = ns;
  made->tag = tag;
  list(key, made);
  return made;
}

void statistics::list(std::string key, const std::shared_ptr<device_statistics>& row) {
  if (devices_.size() >= most_devices) {
    const auto oldest = std::min_element(devices_.begin(), devices_.end(), [](const auto& a, const auto& b) {
      return a.second->last_request < b.second->last_request;
    });
    oldest->second->listed = false;
    devices_.erase(oldest);
  }
  devices_.emplace(std::move(key), row);
  row->listed = true;
}

void statistics::note_request(const std::shared_ptr<device_statistics>& row, steady_time now) {
  row->last_request = now;
  if (!row->listed) list(device_key(row->broker, row->ns, row->tag), row);
}

device_statistics* statistics::find_device(std::string_view broker, std::string_view ns,
                                           std::string_view tag) const {
  const auto at = devices_.find(device_key(broker, ns, tag));
  return at == devices_.end() ? nullptr : at->second.get();
}

statistics::broker_row& statistics::broker(std::string_view name) {
  const auto at =
      std::find_if(brokers_.begin(), brokers_.end(), [&](const auto& row) { return row.name == name; });
  if (at != brokers_.end()) return *at;
  brokers_.push_back({std::string(name), false, {}, {}});
  return brokers_.back();
}

void statistics::note_link(const link_changed& fact) {
  auto& row = broker(fact.broker);
  const bool is_up = fact.why == nullptr;
  if (is_up || row.up || !row.why) row.since = fact.when;
  row.up = is_up;
  row.why = is_up ? outage_cause() : *fact.why;
}

}  // namespace mqcoap
