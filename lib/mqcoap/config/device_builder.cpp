#include <mqcoap/config/device_builder.hpp>

#include <algorithm>
#include <map>
#include <mqcoap/settings/suggest.hpp>
#include <mqcoap/transport/descriptor_limit.hpp>
#include <unordered_map>

namespace mqcoap::config {
namespace {

struct built_template {
  const device_spec* spec;
  shared_list<built_resource> resources;
};

/// Returns the template's resources, with those replaced for which the device has one on the same path;
/// additional ones follow.
shared_list<built_resource> merge(const shared_list<built_resource>& all, shared_list<built_resource> own) {
  if (own.empty()) return all;
  std::vector<built_resource> base(all.begin(), all.end());
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < base.size(); ++i) places.emplace(base[i].path, i);
  for (auto& resource : own) {
    const auto same = places.find(resource.path);
    if (same != places.end())
      base[same->second] = std::move(resource);
    else
      base.push_back(std::move(resource));
  }
  return base;
}

using resources_by_path = std::map<std::string, const built_resource*>;

void check_owned_paths(const built_resource& owner, const resources_by_path& all, report& faults) {
  const std::string below = owner.path + '/';
  for (auto r = all.lower_bound(below); r != all.end() && r->first.starts_with(below); ++r)
    faults.error(*r->second->path_at, "'" + r->first + "' is in the " + owner.read_as.kind->name() + " '" +
                                          owner.path + "', to which every path below it belongs");
}

/// Reports conflicts within a device.
void check_resources(const built_device& device, report& faults) {
  device_view view(device.tag.text());
  resources_by_path by_path;
  for (const auto& r : device.resources) {
    view.add(r.path, r.kind ? &*r.kind : nullptr);
    by_path.emplace(r.path, &r);
  }
  for (const auto& r : device.resources) {
    if (!r.kind) continue;
    if (r.read_as.kind->traits().owns_below) check_owned_paths(r, by_path, faults);
    r.read_as.keys->check(view, faults);
  }
}

/// Warns if there are too many connections for the usual descriptor limit: each device with presence has a
/// separate connection.
void warn_of_connections(const std::vector<built_device>& devices, std::size_t brokers, report& faults) {
  const auto has_presence = [](const built_device& device) { return device.presence; };
  const auto count = static_cast<std::size_t>(std::count_if(devices.begin(), devices.end(), has_presence));
  const auto needed = descriptors_for(count + brokers);
  if (count == 0 || needed <= usual_descriptor_limit) return;
  const auto first = std::find_if(devices.begin(), devices.end(), has_presence);
  faults.warning(
      *first->tag_at,
      std::to_string(count) + " devices have presence, and each takes a connection: the gateway needs " +
          std::to_string(needed) + " file descriptors, and a process has " +
          std::to_string(usual_descriptor_limit) + " by default",
      "mqcoapd.service allows 65536 (LimitNOFILE=); elsewhere `ulimit -Hn` shows the limit; the broker must "
      "accept as many connections");
}

}  // namespace

std::vector<built_device> build_devices(const root_spec& root, report& faults) {
  std::map<std::string, built_template> templates;
  std::vector<std::string> template_names;
  for (const auto& [name, spec, at] : root.templates) {
    template_names.push_back(name.value);
    templates.emplace(name.value, built_template{&spec, build_resources(spec, root.limits.payload, faults)});
  }

  std::vector<built_device> devices;
  for (const auto& [tag, spec, at] : root.devices) {
    built_device device{tag.value,
                        tag.at,
                        spec.description,
                        spec.subsystems,
                        build_resources(spec, root.limits.payload, faults),
                        spec.presence.value_or(false),
                        spec.durable_dedup.value_or(false)};
    if (spec.like) {
      const auto found = templates.find(spec.like->value);
      if (found == templates.end()) {
        faults.error(*spec.like->at, "there is no template '" + spec.like->value + '\'',
                     suggest(spec.like->value, template_names));
      } else {
        const auto& base = *found->second.spec;
        if (device.description.empty()) device.description = base.description;
        if (device.subsystems.empty()) device.subsystems = base.subsystems;
        if (!spec.presence) device.presence = base.presence.value_or(false);
        if (!spec.durable_dedup) device.durable_dedup = base.durable_dedup.value_or(false);
        device.resources = merge(found->second.resources, std::move(device.resources));
      }
    }
    check_resources(device, faults);
    devices.push_back(std::move(device));
  }
  warn_of_connections(devices, std::max<std::size_t>(root.brokers.size(), 1), faults);
  return devices;
}

}  // namespace mqcoap::config
