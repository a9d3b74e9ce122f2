#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mqcoap/base/text_map.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/resource/common_resource.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/resource/resource_info.hpp>
#include <mqcoap/state/cell_plan.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap {

using subsystem_names = std::vector<subsystem_name>;

/// What devices with equal resources have in common: their common resources with their paths, the plan of the
/// cells, and the list of the resources. Immutable and created once for all of them. Depends only on the
/// options, so it can be created on any thread.
class device_layout {
 public:
  /// The place of a common resource.
  struct place {
    const common_resource* target;
    std::uint32_t number;  ///< of its cell, in the plan
  };

  device_layout(resource_list resources, const subsystem_names& subsystems);

  /// Returns the common resource on this path, or null.
  const place* find(std::string_view path) const noexcept {
    const auto at = places_.find(path);
    return at == places_.end() ? nullptr : &at->second;
  }
  const resource_list& resources() const noexcept { return resources_; }
  /// Returns the resources that each device has separately.
  const std::vector<const resource_options*>& own() const noexcept { return own_; }
  const std::shared_ptr<const cell_plan>& cells() const noexcept { return cells_; }
  /// Returns true if a resource of the device uses the value of this path as a condition.
  bool is_condition(std::string_view path) const noexcept { return conditions_.contains(path); }
  /// Returns a path that two common resources share, or null.
  const std::string* twice() const noexcept { return twice_; }
  /// Returns the resource that lists the others.
  const std::shared_ptr<handler>& discovery() const noexcept { return discovery_; }

 private:
  bool add(const resource_options& each, std::vector<planned_cell>& planned);

  struct path_hash : text_hash {
    using is_avalanching = void;  // libstdc++ hashes text well, so no further mixing is needed
  };

  const resource_list resources_;
  std::set<std::string, std::less<>> conditions_;
  std::vector<std::shared_ptr<const common_resource>> common_;
  boost::unordered_flat_map<std::string, place, path_hash, std::equal_to<>> places_;
  std::vector<const resource_options*> own_;
  std::shared_ptr<const cell_plan> cells_;
  const std::string* twice_ = nullptr;
  std::shared_ptr<handler> discovery_;
};

/// Returns the descriptions of these resources for discovery.
std::vector<resource_info> describe(const resource_list& resources, const subsystem_names& subsystems);

/// Creates each layout only once.
class layout_set {
 public:
  std::shared_ptr<const device_layout> of(const device_options& device);

 private:
  using key = std::pair<const void*, std::vector<std::string>>;
  std::map<key, std::shared_ptr<const device_layout>> made_;
};

}  // namespace mqcoap
