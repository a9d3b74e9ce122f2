#include <mqcoap/gateway/prepared_options.hpp>

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace mqcoap {
namespace {

using devices_by_tag = std::unordered_map<std::string_view, const device_options*>;

devices_by_tag by_tag(const gateway_options& options) {
  devices_by_tag all;
  for (const auto& device : options.devices) all.emplace(device.tag.text(), &device);
  return all;
}

/// Replaces lists of resources that have not changed by those in force, so that none is stored twice; each
/// pair of lists is compared once.
gateway_options with_lists_of(const gateway_options& in_force, gateway_options next) {
  const auto before = by_tag(in_force);
  std::map<std::pair<const void*, const void*>, bool> compared;
  for (auto& device : next.devices) {
    const auto at = before.find(device.tag.text());
    if (at == before.end()) continue;
    const auto& held = at->second->resources;
    const auto [pair, is_new] = compared.try_emplace({held.identity(), device.resources.identity()});
    if (is_new) pair->second = held == device.resources;
    if (pair->second) device.resources = held;
  }
  return next;
}

void mark_those_that_stay(std::vector<wanted_device>& wanted, const gateway_options& in_force) {
  const auto before = by_tag(in_force);
  for (auto& each : wanted) {
    const auto at = before.find(each.options->tag.text());
    if (each.is_bare)
      each.stays = at == before.end() && in_force.proxy.forward == each.options->tag;
    else
      each.stays = at != before.end() && *at->second == *each.options;
  }
}

std::vector<std::string> removed_by(const std::vector<wanted_device>& wanted,
                                    const gateway_options& in_force) {
  std::unordered_set<std::string_view> kept;
  for (const auto& each : wanted) kept.insert(each.options->tag.text());
  std::vector<std::string> removed;
  const wanted_devices before(in_force);
  for (const auto& each : before.all)
    if (!kept.contains(each.options->tag.text())) removed.push_back(each.options->tag.text());
  return removed;
}

bool publishes_like(const published_resource& a, const published_resource& b) {
  return a.device->tag == b.device->tag && a.device->subsystems == b.device->subsystems &&
         a.resource->path == b.resource->path && a.resource->events == b.resource->events;
}

}  // namespace

std::vector<published_resource> published_by(const gateway_options& options) {
  std::vector<published_resource> all;
  for (const auto& device : options.devices)
    for (const auto& resource : device.resources)
      if (resource.events) all.push_back({&device, &resource});
  return all;
}

wanted_devices::wanted_devices(const gateway_options& options) {
  const auto& forward = options.proxy.forward;
  bool forward_is_among_them = false;
  for (const auto& device : options.devices) {
    const bool is_forward = forward == device.tag;
    forward_is_among_them |= is_forward;
    all.push_back({&device, forward ? is_forward : &device == &options.devices.front(), false, false, {}});
  }
  if (!forward || forward_is_among_them) return;
  bare = std::make_unique<const device_options>(device_options{*forward, {}, {}, {}});
  all.push_back({bare.get(), true, true, false, {}});
}

void wanted_devices::make_layouts() {
  layout_set layouts;
  for (auto& each : all)
    if (!each.stays) each.layout = layouts.of(*each.options);
}

prepared_options::prepared_options(gateway_options next, const gateway_options& in_force)
    : options(with_lists_of(in_force, std::move(next))),
      devices(options),
      rules(std::make_shared<const proxy_rules>(options.proxy)),
      published(published_by(options)) {
  mark_those_that_stay(devices.all, in_force);
  devices.make_layouts();
  removed = removed_by(devices.all, in_force);
  const auto before = published_by(in_force);
  publishes_the_same = options.ns == in_force.ns && std::equal(published.begin(), published.end(),
                                                               before.begin(), before.end(), publishes_like);
}

}  // namespace mqcoap
