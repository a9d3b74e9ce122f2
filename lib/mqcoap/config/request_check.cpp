#include <mqcoap/config/request_check.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <mqcoap/gateway/own_documents.hpp>
#include <mqcoap/gateway/steps/forward_options.hpp>
#include <mqcoap/resource/discovery.hpp>
#include <mqcoap/resource/path_router.hpp>
#include <mqcoap/settings/suggest.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace mqcoap::config {
namespace {

/// A placeholder for a resource in the table of paths that a device will have, with its methods.
struct offered_methods final : handler {
  explicit offered_methods(std::optional<method_set> of) : methods(of) {}
  void handle(responder&& /*r*/) override {}

  const std::optional<method_set> methods;  ///< none: unknown
};

/// The paths that a device will serve.
class served_paths {
 public:
  explicit served_paths(const built_device& device) {
    for (const auto& r : device.resources) {
      const auto methods = r.kind ? std::optional(r.kind->offered()) : std::nullopt;
      router_.add(r.path, std::make_shared<offered_methods>(methods));
      if (r.read_as.kind != nullptr && r.read_as.kind->traits().owns_below)
        router_.add(r.path + "/**", std::make_shared<offered_methods>(std::nullopt));
    }
    const auto read_only = std::make_shared<offered_methods>(method_set{method::get});
    router_.add(std::string(discovery_path), read_only);
    for (const auto& document : own_documents) router_.add(std::string(document.path), read_only);
  }

  /// Returns the methods of a resource, or null if there is none on this path.
  const offered_methods* find(std::string_view path) const noexcept {
    return static_cast<const offered_methods*>(router_.find(path).target);
  }

 private:
  path_router router_;
};

class request_checks {
 public:
  request_checks(const std::vector<built_device>& devices, const served_tags& served, report& faults)
      : served_(served), faults_(faults) {
    for (const auto& each : devices) devices_.emplace(each.tag.text(), &each);
  }

  void check(const built_resource& resource) {
    const auto* const tag = resource.kind ? resource.kind->target_device() : nullptr;
    // A tag that a route serves may be used as well: that route was already checked.
    if (tag == nullptr || !served_.is_own(tag->text())) return;
    const auto requested = resource.kind->sent_request();
    const auto& at = requested ? follow_pointer(*resource.read_as.at, requested->key) : *resource.read_as.at;
    if (!reported_.insert(&at).second) return;  // it belongs to a template that many devices use
    const auto device = devices_.find(tag->text());
    if (requested && device != devices_.end())
      check_request(*requested, *device->second, at);
    else
      faults_.error(at, "this leads back: the gateway itself answers for " + tag->text());
  }

 private:
  void check_request(const fixed_request& requested, const built_device& device, const node& at) {
    if (!check_subsystem(requested.to.subsystem, device, at)) return;
    const std::string path(requested.to.path.key());
    const auto* const found = paths_of(device).find(path);
    if (found == nullptr) {
      std::vector<std::string> paths;
      for (const auto& each : device.resources) paths.push_back(each.path);
      faults_.error(at, device.tag.text() + " has no resource '" + path + '\'', suggest(path, paths));
    } else if (found->methods && !found->methods->contains(requested.verb)) {
      faults_.error(at, '\'' + path + "' of " + device.tag.text() + " allows " + to_string(*found->methods) +
                            ", not " + std::string(to_string(requested.verb)));
    }
  }

  /// Returns false if the device cannot have a resource under this subsystem.
  bool check_subsystem(const subsystem_name& requested, const built_device& device, const node& at) {
    const auto& all = device.subsystems;
    if (requested.text() == forward_subsystem) {
      faults_.error(at, "the subsystem 'proxy' is not for requests of the gateway's own",
                    "the device itself: TAG/SUBSYSTEM/PATH");
      return false;
    }
    if (all.empty() || std::find(all.begin(), all.end(), requested) != all.end()) return true;
    std::vector<std::string> names;
    for (const auto& each : all) names.push_back(each.text());
    faults_.error(at, device.tag.text() + " has no subsystem '" + requested.text() + '\'',
                  suggest(requested.text(), names));
    return false;
  }

  const served_paths& paths_of(const built_device& device) {
    return paths_.try_emplace(&device, device).first->second;
  }

  const served_tags& served_;
  report& faults_;
  std::map<std::string, const built_device*> devices_;
  std::map<const built_device*, served_paths> paths_;  ///< those of the devices that requests go to
  std::set<const node*> reported_;
};

}  // namespace

void check_requests(const std::vector<built_device>& devices, const served_tags& served, report& faults) {
  request_checks checks(devices, served, faults);
  for (const auto& device : devices)
    for (const auto& resource : device.resources) checks.check(resource);
}

}  // namespace mqcoap::config
