#include <mqcoap/config/device_builder.hpp>

#include <algorithm>
#include <map>
#include <mqcoap/settings/suggest.hpp>
#include <mqcoap/transport/descriptor_limit.hpp>
#include <unordered_map>

namespace mqcoap {
namespace {

struct built_template {
  const device_spec* spec;
  std::vector<built_resource> resources;
};

/// The template's resources with the device's own in place of those of the same path; new ones follow.
std::vector<built_resource> merge(std::vector<built_resource> base, std::vector<built_resource> own) {
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < base.size(); ++i) places.emplace(base[i].options.path, i);
  for (auto& resource : own) {
    const auto same = places.find(resource.options.path);
    if (same != places.end())
      base[same->second] = std::move(resource);
    else
      base.push_back(std::move(resource));
  }
  return base;
}

std::vector<std::string> paths_of(const std::vector<built_resource>& resources) {
  std::vector<std::string> paths;
  for (const auto& r : resources) paths.push_back(r.options.path);
  return paths;
}

class resource_checks {
 public:
  resource_checks(const built_device& device, report& faults)
      : device_(device), resources_(device.resources), faults_(faults) {
    for (const auto& r : resources_) by_path_.emplace(r.options.path, &r);
  }

  void run() {
    for (const auto& r : resources_) {
      if (std::holds_alternative<collection_options>(r.options.kind)) check_owned_paths(r);
      if (r.action == nullptr) continue;
      for (const auto& entry : r.action->when) find_value(entry);
      for (const auto& entry : r.action->set) check_set(entry);
    }
  }

 private:
  using entry_type = named<std::string, json_text>;

  void check_owned_paths(const built_resource& collection) {
    const std::string below = collection.options.path + '/';
    for (auto r = by_path_.lower_bound(below); r != by_path_.end() && r->first.starts_with(below); ++r)
      faults_.error(*r->second->path_at, "'" + r->first + "' lies in the collection '" +
                                             collection.options.path +
                                             "', to which every path below it belongs");
  }

  const value_options* find_value(const entry_type& entry) {
    const auto found = by_path_.find(entry.name.value);
    if (found == by_path_.end()) {
      faults_.error(*entry.name.at, "this device has no resource '" + entry.name.value + '\'',
                    with_device(*entry.name.at, suggest(entry.name.value, paths_)));
      return nullptr;
    }
    if (found->second->kind_at == nullptr) return nullptr;  // it has a fault of its own
    const auto* value = std::get_if<value_options>(&found->second->options.kind);
    if (value == nullptr)
      faults_.error(*entry.name.at, "'" + entry.name.value + "' is no value resource",
                    with_device(*entry.name.at, "actions work on values"));
    return value;
  }

  void check_set(const entry_type& entry) {
    const auto* value = find_value(entry);
    if (value == nullptr) return;
    if (by_path_.at(entry.name.value)->options.metric && !entry.value.is_number())
      faults_.error(*entry.at, "'" + entry.name.value + "' is a metric, which is a number");
    if (!value->schema) return;
    if (const auto fault = value->schema->check(entry.value.value()))
      faults_.error(follow_pointer(*entry.at, fault->pointer),
                    "this breaks the schema of '" + entry.name.value + "': " + fault->words);
  }

  /// A template's action may be right for one device and wrong for another.
  std::string with_device(const node& at, const std::string& hint) const {
    return key_path(at).starts_with("templates.")
               ? "of " + device_.tag.text() + (hint.empty() ? "" : ": ") + hint
               : hint;
  }

  const built_device& device_;
  const std::vector<std::string> paths_ = paths_of(device_.resources);
  const std::vector<built_resource>& resources_;
  report& faults_;
  std::map<std::string, const built_resource*> by_path_;
};

/// Each device with presence has a connection of its own.
void warn_of_connections(const std::vector<built_device>& devices, std::size_t brokers, report& faults) {
  const auto has_presence = [](const built_device& device) { return device.presence; };
  const auto count = static_cast<std::size_t>(std::count_if(devices.begin(), devices.end(), has_presence));
  const auto needed = descriptors_for(count + brokers);
  if (needed <= usual_descriptor_limit) return;
  const auto first = std::find_if(devices.begin(), devices.end(), has_presence);
  faults.warning(
      *first->tag_at,
      std::to_string(count) + " devices have presence, and each takes a connection: the gateway needs " +
          std::to_string(needed) + " file descriptors, and a process has " +
          std::to_string(usual_descriptor_limit) + " by default",
      "mqcoapd.service allows 65536 (LimitNOFILE=); elsewhere `ulimit -Hn` tells; the broker has to "
      "take as many connections");
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
                        spec.presence.value_or(false)};
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
        device.resources = merge(found->second.resources, std::move(device.resources));
      }
    }
    resource_checks(device, faults).run();
    devices.push_back(std::move(device));
  }
  warn_of_connections(devices, std::max<std::size_t>(root.brokers.size(), 1), faults);
  return devices;
}

}  // namespace mqcoap
