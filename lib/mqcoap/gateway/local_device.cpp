#include <mqcoap/gateway/local_device.hpp>

#include <algorithm>
#include <mqcoap/gateway/proxy.hpp>
#include <mqcoap/resource/discovery.hpp>
#include <set>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

namespace mqcoap {

/// Makes the handlers of one device and puts them where they are found. Values come first: actions refer to
/// them.
class local_device::builder {
 public:
  builder(local_device& built, const clock& time, proxy& mounts, state_draft& draft,
          std::vector<extra_resource> extra)
      : built_(built), options_(built.options_), time_(time), mounts_(mounts), draft_(draft) {
    const auto conditions = conditions_of(options_);
    for (const auto& r : options_.resources)
      if (const auto* value = std::get_if<value_options>(&r.kind))
        values_.emplace(r.path, std::make_shared<value_resource>(whole(r, *value, conditions), draft_,
                                                                 options_.tag.text(), r.path));
    for (const auto& r : options_.resources) std::visit([&](const auto& kind) { add(r, kind); }, r.kind);
    for (auto& e : extra) {
      serve(e.info.path, std::move(e.target));
      infos_.push_back(std::move(e.info));
    }
    serve(std::string(discovery_path), std::make_shared<discovery_resource>(infos_));
  }

 private:
  using path_set = std::set<std::string_view>;

  /// The paths at which the conditions of a device's actions look.
  static path_set conditions_of(const device_options& device) {
    path_set paths;
    for (const auto& r : device.resources)
      if (const auto* action = std::get_if<action_options>(&r.kind))
        for (const auto& condition : action->when) paths.insert(condition.path);
    return paths;
  }
  /// A value's options with what the rest of the device asks of it.
  static value_options whole(const resource_options& r, value_options kind, const path_set& conditions) {
    kind.is_number = r.metric;
    kind.is_condition = conditions.contains(r.path);
    return kind;
  }

  void add(const resource_options& r, const value_options& kind) {
    describe(r, "value", kind.methods);
    const auto& made = values_.at(r.path);
    serve(r.path, made);
    if (r.metric) built_.gauges_.push_back({r.path, r.unit, made->kept()});
  }
  void add(const resource_options& r, const collection_options& kind) {
    describe(r, "collection", {method::get, method::post});
    const auto made = std::make_shared<collection_resource>(kind, draft_, options_.tag.text(), r.path);
    serve(r.path, made);
    serve(r.path + "/**", made);
  }
  void add(const resource_options& r, const action_options& kind) {
    describe(r, "action", {method::post});
    std::vector<action_resource::condition> when;
    for (const auto& [path, expected] : kind.when) when.push_back({path, value_at(path), expected.value()});
    std::vector<action_resource::assignment> set;
    for (const auto& [path, stored] : kind.set) set.push_back({value_at(path), stored});
    serve(r.path, std::make_shared<action_resource>(std::move(when), std::move(set), draft_.state()));
  }
  void add(const resource_options& r, const reply_options& kind) {
    describe(r, "reply", kind.methods);
    serve(r.path, std::make_shared<reply_resource>(kind));
  }
  void add(const resource_options& r, const signal_options& kind) {
    describe(r, "signal", {method::get});
    serve(r.path, std::make_shared<signal_resource>(kind, time_, draft_, options_.tag.text(), r.path));
  }
  void add(const resource_options& r, const mount_options& kind) {
    describe(r, "proxy", method_set::all());
    serve(r.path, std::make_shared<mount>(mounts_, kind));
  }

  void describe(const resource_options& r, const char* type, method_set methods) {
    std::vector<std::string> subsystems;
    for (const auto& s : options_.subsystems) subsystems.push_back(s.text());
    infos_.push_back({r.path, methods, type, r.unit, r.title, std::move(subsystems)});
  }
  const std::shared_ptr<cell>& value_at(const std::string& path) {
    if (const auto at = values_.find(path); at != values_.end()) return at->second->kept();
    throw std::invalid_argument(options_.tag.text() + ": an action names '" + path + "', which is no value");
  }
  void serve(std::string path, std::shared_ptr<handler> made) {
    const bool added = path == "**" ? built_.router_.add_subtree("", std::move(made))
                       : path.ends_with("/**")
                           ? built_.router_.add_subtree(path.substr(0, path.size() - 3), std::move(made))
                           : built_.router_.add_exact(path, std::move(made));
    if (!added) throw std::invalid_argument(options_.tag.text() + ": two resources serve '" + path + "'");
  }

  local_device& built_;
  const device_options& options_;
  const clock& time_;
  proxy& mounts_;
  state_draft& draft_;
  std::unordered_map<std::string_view, std::shared_ptr<value_resource>> values_;  ///< by path
  std::vector<resource_info> infos_;
};

local_device::local_device(const device_options& options, const clock& time, proxy& mounts,
                           state_draft& draft, std::vector<extra_resource> extra)
    : options_(options), has_extra_(!extra.empty()) {
  builder(*this, time, mounts, draft, std::move(extra));
}

bool local_device::has_subsystem(std::string_view name) const noexcept {
  const auto& all = options_.subsystems;
  return all.empty() ||
         std::any_of(all.begin(), all.end(), [name](const auto& s) { return s.text() == name; });
}

void local_device::handle(responder&& r) {
  // Who looks for what there is does not know the subsystems yet.
  if (!has_subsystem(r->target.subsystem()) && r.req().path.key() != discovery_path) {
    std::string words = tag() + " has no subsystem '" + std::string(r->target.subsystem()) + "'; it has";
    for (const auto& s : options_.subsystems)
      words.append(&s == &options_.subsystems.front() ? " " : ", ").append(s.text());
    return std::move(r).refuse(response_code::not_found, words);
  }
  const auto found = router_.find(r.req().path.key());
  if (found.target == nullptr) {
    const std::string words = tag() + " has no resource '" + std::string(r.req().path.key()) + "'; GET " +
                              std::string(discovery_path) + " lists what there is";
    return std::move(r).refuse(response_code::not_found, words);
  }
  r.set_rest_at(found.rest_at);
  found.target->handle(std::move(r));
}

}  // namespace mqcoap
