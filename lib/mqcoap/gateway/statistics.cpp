#include <mqcoap/gateway/statistics.hpp>

#include <algorithm>
#include <mqcoap/base/glob.hpp>

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
  if (!is_plain(tag) || names(tag) || tags_.size() > most_tags) return;
  tag_index_.emplace(tag, static_cast<std::uint16_t>(tags_.size()));
  tags_.push_back({tag, {}});
}

void statistics::add_route(const std::string& name) {
  if (name.empty() || route_index_.contains(name) || route_index_.size() >= most_routes) return;
  route_index_.emplace(name, static_cast<std::uint16_t>(routes_.size()));
  routes_.push_back({name, {}});
}

std::uint16_t statistics::row_of(std::string_view tag) const noexcept {
  const auto at = tag_index_.find(tag);
  return at == tag_index_.end() ? 0 : at->second;
}

void statistics::set_role(call_account& account, request_role role, std::string_view tag) const noexcept {
  account.role = static_cast<std::uint16_t>(role);
  account.device = row_of(tag);
}

void statistics::set_route(call_account& account, std::string_view route) const noexcept {
  const auto at = route_index_.find(route);
  account.route = at == route_index_.end() ? other_route : at->second;
}

void statistics::count_answer(const call& c, response_code code, std::chrono::nanoseconds took) {
  const auto role = static_cast<request_role>(c.account.role);
  count(c.account.device, role, static_cast<std::uint8_t>(c.asked().verb), code);
  routes_[c.account.route].durations[c.account.role].record(took);
}

void statistics::count_refusal(const call& c, response_code code) {
  count(row_of(c.target.tag()), request_role::none, static_cast<std::uint8_t>(c.asked().verb), code);
}

void statistics::count_fault(std::string_view tag, response_code code) {
  count(row_of(tag), request_role::none, 0, code);
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
      return a.second->last_asked < b.second->last_asked;
    });
    oldest->second->listed = false;
    devices_.erase(oldest);
  }
  devices_.emplace(std::move(key), row);
  row->listed = true;
}

void statistics::note_asked(const std::shared_ptr<device_statistics>& row, steady_time now) {
  row->last_asked = now;
  if (!row->listed) list(device_key(row->broker, row->ns, row->tag), row);
}

device_statistics* statistics::find_device(std::string_view broker, std::string_view ns,
                                           std::string_view tag) const {
  const auto at = devices_.find(device_key(broker, ns, tag));
  return at == devices_.end() ? nullptr : at->second.get();
}

statistics::broker_row& statistics::broker(const std::string& name) {
  const auto at =
      std::find_if(brokers_.begin(), brokers_.end(), [&](const auto& row) { return row.name == name; });
  if (at != brokers_.end()) return *at;
  brokers_.push_back({name, false, {}, {}});
  return brokers_.back();
}

void statistics::broker_up(const std::string& name, steady_time now) {
  auto& row = broker(name);
  row.up = true;
  row.since = now;
  row.why = {};
}

void statistics::broker_down(const std::string& name, const outage_cause& why, steady_time now) {
  auto& row = broker(name);
  if (row.up || !row.why) row.since = now;
  row.up = false;
  row.why = why;
}

}  // namespace mqcoap
