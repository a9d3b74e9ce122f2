#include <mqcoap/config/loader.hpp>

#include <filesystem>
#include <map>
#include <mqcoap/base/counted.hpp>
#include <mqcoap/config/device_builder.hpp>
#include <mqcoap/config/document_set.hpp>
#include <mqcoap/config/proxy_builder.hpp>
#include <mqcoap/config/share_check.hpp>
#include <mqcoap/config/show.hpp>
#include <mqcoap/config/spec.hpp>
#include <mqcoap/config/state_builder.hpp>
#include <mqcoap/config/template_merge.hpp>
#include <mqcoap/config/topic_check.hpp>
#include <mqcoap/config/yaml_reader.hpp>

namespace mqcoap::config {
namespace {

/// Creates the list of resources only once for devices that share it.
class resource_lists {
 public:
  const resource_list& of(const built_device& device) {
    auto& made = made_[device.resources.identity()];
    if (!made.empty()) return made;
    resource_list::vector all;
    all.reserve(device.resources.size());
    for (const auto& each : device.resources)
      all.push_back({each.path, each.title, each.unit, *each.kind, each.events});
    return made = std::move(all);
  }

 private:
  std::map<const void*, resource_list> made_;
};

std::optional<settings> build_settings(const root_spec& root, report& faults) {
  auto devices = build_devices(root, faults);
  if (root.defaults.ns) check_topics(*root.defaults.ns, devices, faults);
  auto group = check_share(root, devices, faults);
  auto proxy = build_proxy(root, devices, faults);
  auto brokers = build_brokers(root, devices, faults);
  auto state = build_state(root, devices, faults);
  const auto standby = build_standby(root, faults);
  if (faults.failed()) return std::nullopt;

  gateway_options gateway{
      root.logging.body,
      *root.defaults.ns,
      decode_rules{root.limits.payload, root.defaults.ids, code_rules::table},
      gateway_limits{root.limits.in_flight, root.limits.handler_timeout, root.limits.exec},
      {},
      std::move(proxy),
      std::move(group)};
  resource_lists lists;
  for (auto& device : devices)
    gateway.devices.push_back({device.tag, std::move(device.description), std::move(device.subsystems),
                               lists.of(device), device.presence, device.durable_dedup});
  auto http = root.http.listen;
  if (http) http->hosts = root.http.hosts;
  return settings{std::move(brokers),
                  std::move(gateway),
                  {root.logging.level, root.logging.target},
                  std::move(http),
                  std::move(state),
                  standby,
                  {}};
}

}  // namespace

load_result load_settings(const std::string& path, effective_text shown) {
  report faults;
  const document_set documents(path, faults);
  std::optional<settings> value;
  node_arena merged;
  if (documents.root() != nullptr) {
    const node& in_force = *with_templates(*documents.root(), merged);
    yaml_defaults defaults;
    read_context ctx{faults, std::filesystem::path(path).parent_path().string(), defaults};
    if (const auto root = root_section().read(in_force, ctx)) value = build_settings(*root, faults);
    if (value && shown == effective_text::written) value->shown = show_as_json(in_force);
  }
  const auto files = documents.files();
  return {std::move(value), faults.take(files), files.size()};
}

std::string summary_of(const load_result& loaded) {
  const auto& made = loaded.value->gateway;
  return counted(made.devices.size(), "device") + ", " + counted(made.proxy.routes.size(), "route") + ", " +
         counted(loaded.files, "file");
}

}  // namespace mqcoap::config
