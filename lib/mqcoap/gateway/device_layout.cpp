#include <mqcoap/gateway/device_layout.hpp>

#include <mqcoap/gateway/event_topic.hpp>
#include <mqcoap/resource/discovery.hpp>
#include <mqcoap/resource/path_router.hpp>

namespace mqcoap {
namespace {

std::vector<std::string> texts_of(const subsystem_names& subsystems) {
  std::vector<std::string> texts;
  for (const auto& each : subsystems) texts.push_back(each.text());
  return texts;
}

bool is_one_path(const std::string& path) {
  return path != "**" && !path.ends_with("/**") && !has_single_wildcard(path);
}

}  // namespace

device_layout::device_layout(resource_list resources, const subsystem_names& subsystems)
    : resources_(std::move(resources)) {
  for (const auto& each : resources_) {
    auto paths = each.kind.conditions();
    conditions_.insert(std::move_iterator(paths.begin()), std::move_iterator(paths.end()));
  }
  std::vector<planned_cell> planned;
  for (const auto& each : resources_)
    if (!add(each, planned)) own_.push_back(&each);
  cells_ = std::make_shared<const cell_plan>(std::move(planned));
  discovery_ = std::make_shared<discovery_resource>(describe(resources_, subsystems));
}

/// Adds a resource if it is a common one. Returns false if each device needs its own.
bool device_layout::add(const resource_options& each, std::vector<planned_cell>& planned) {
  if (!is_one_path(each.path) || is_condition(each.path)) return false;
  auto made = each.kind.make_common();
  if (made == nullptr) return false;
  const place here{made.get(), static_cast<std::uint32_t>(planned.size())};
  if (!places_.try_emplace(each.path, here).second) {
    twice_ = &each.path;
    return true;
  }
  planned.push_back({each.path, each.kind.name(), made->terms()});
  common_.push_back(std::move(made));
  return true;
}

std::vector<resource_info> describe(const resource_list& resources, const subsystem_names& subsystems) {
  std::vector<resource_info> infos;
  for (const auto& each : resources)
    infos.push_back({each.path, each.kind.offered(), std::string(each.kind.name()), each.unit, each.title,
                     texts_of(subsystems), each.events ? event_subsystem(subsystems).text() : std::string()});
  return infos;
}

std::shared_ptr<const device_layout> layout_set::of(const device_options& device) {
  auto& made = made_[{device.resources.identity(), texts_of(device.subsystems)}];
  if (made == nullptr) made = std::make_shared<const device_layout>(device.resources, device.subsystems);
  return made;
}

}  // namespace mqcoap
