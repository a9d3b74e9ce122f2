#include <mqcoap/config/served_tags.hpp>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/base/glob.hpp>
#include <mqcoap/config/glob_overlap.hpp>
#include <mqcoap/config/route_types.hpp>
#include <utility>

namespace mqcoap::config {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view loopback_names[] = {"localhost", "localhost.localdomain", "ip6-localhost",
                                               "ip6-loopback"};

/// Returns the host in a canonical spelling: names of the loopback interface, its IPv6 address and the
/// unspecified address become 127.0.0.1. Other addresses of 127.0.0.0/8 are kept, because they are used for
/// other listeners.
std::string one_spelling(std::string host) {
  boost::system::error_code is_name;
  auto address = ip::make_address(host, is_name);
  const std::string loopback = ip::address_v4::loopback().to_string();
  if (!is_name) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
      address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
    const bool is_here = address.is_unspecified() || (address.is_v6() && address.is_loopback());
    return is_here ? loopback : address.to_string();
  }
  std::transform(host.begin(), host.end(), host.begin(), to_lower);
  if (host.ends_with('.')) host.pop_back();
  const bool is_loopback =
      std::find(std::begin(loopback_names), std::end(loopback_names), host) != std::end(loopback_names);
  return is_loopback ? loopback : host;
}

std::vector<endpoint> servers_in_one_spelling(const link_options& options) {
  auto all = servers(options);
  for (auto& server : all) server.host = one_spelling(std::move(server.host));
  return all;
}

}  // namespace

bool is_one_broker(const link_options& a, const link_options& b) {
  const auto here = servers_in_one_spelling(a);
  const auto there = servers_in_one_spelling(b);
  return std::find_first_of(here.begin(), here.end(), there.begin(), there.end()) != here.end();
}

served_tags::served_tags(const root_spec& root, const std::vector<built_device>& devices) : root_(root) {
  for (const auto& device : devices) own_.insert(device.tag.text());
  if (root.proxy.forward) own_.insert(root.proxy.forward->value.text());
  for (const auto& route : root.proxy.routes)
    if (route.value.serve.value)
      patterns_.insert(patterns_.end(), route.value.match.value.tags.begin(),
                       route.value.match.value.tags.end());
}

bool served_tags::is_proxied(std::string_view tag) const {
  return std::any_of(patterns_.begin(), patterns_.end(), [tag](const auto& p) { return glob_match(p, tag); });
}

std::string served_tags::overlapping(std::string_view pattern) const {
  for (const auto& tag : own_)
    if (glob_match(pattern, tag)) return tag;
  for (const auto& other : patterns_)
    if (globs_overlap(pattern, other)) return other;
  return {};
}

bool served_tags::leads_home(const target_spec& to) const {
  if (to.ns && root_.defaults.ns && *to.ns != *root_.defaults.ns) return false;
  if (!to.broker || root_.brokers.empty()) return true;
  const auto found = std::find_if(root_.brokers.begin(), root_.brokers.end(),
                                  [&to](const auto& b) { return b.name.value == to.broker->value; });
  if (found == root_.brokers.end()) return false;  // already reported
  const auto& here = root_.brokers.front().value.options;
  const auto& there = found->value.options;
  return found == root_.brokers.begin() || is_one_broker(here, there);
}

std::set<std::string> served_tags::targets(const route_spec& route) {
  const auto& match = route.match.value;
  const auto& to = route.to.value;
  std::set<std::string> all;
  for (const auto& tag : match.tags)
    for (const auto& subsystem : match.subsystems)
      all.insert(to.tag.empty() ? tag : fill_template(to.tag, [&](std::string_view name) {
        return name == "tag" ? tag : subsystem;
      }));
  return all;
}

}  // namespace mqcoap::config
