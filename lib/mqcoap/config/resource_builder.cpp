#include <algorithm>
#include <mqcoap/config/device_builder.hpp>
#include <mqcoap/config/kind_text.hpp>
#include <mqcoap/gateway/own_documents.hpp>
#include <mqcoap/resource/discovery.hpp>
#include <mqcoap/resource/kinds.hpp>
#include <mqcoap/resource/path_router.hpp>
#include <unordered_map>
#include <utility>

namespace mqcoap::config {
namespace {

std::string any_kind() {
  std::string kinds;
  for (const auto* kind : resource_kinds()) kinds.append(kinds.empty() ? "one of " : ", ") += kind->name();
  return kinds;
}

/// Returns true if the key of one of these kinds is present, even if its value is invalid.
bool names_one_of(const node& resource, const std::vector<std::string>& kinds) {
  return std::any_of(kinds.begin(), kinds.end(),
                     [&resource](const auto& kind) { return resource.find(kind) != nullptr; });
}

class resource_builder {
 public:
  resource_builder(const named<std::string, resource_spec>& entry, const payload_limits& limits,
                   report& faults)
      : spec_(entry.value),
        path_(entry.name),
        at_(entry.at),
        limits_(limits),
        faults_(faults),
        names_a_kind_(names_one_of(*at_, names_of(resource_kinds()))) {}

  built_resource build() {
    built_resource built{path_.value, spec_.title, spec_.unit, std::nullopt, path_.at, {}};
    check_path();
    for (const auto& [key, at] : spec_.beside)
      if (names_a_kind_ && !names_one_of(*at_, key->kinds()))
        faults_.error(*at->key, "'" + key->name + "' has no meaning here",
                      "only with " + enumerated(key->kinds()));
    if (spec_.kinds.size() > 1)
      report_two_kinds();
    else if (spec_.kinds.empty() && !names_a_kind_)
      faults_.error_in(*at_, "no kind is named for this resource", any_kind());
    if (spec_.kinds.size() == 1) {
      built.read_as = spec_.kinds.front();
      built.kind = build_kind(built.read_as);
      if (spec_.publish && built.kind) built.events = build_events(*built.kind);
    }
    return built;
  }

 private:
  void check_path() {
    if (path_.value.size() > limits_.path)
      faults_.error(*path_.at, "the path is longer than `limits.path` allows: " +
                                   std::to_string(limits_.path) + " bytes");
    if (path_.value == discovery_path)
      faults_.error(*path_.at, "the path .well-known/core is reserved: it lists the other resources");
    if (path_.value == ".gw" || path_.value.starts_with(own_prefix))
      faults_.error(*path_.at, "paths under .gw/ are reserved for documents of the gateway");
    if (!names_a_kind_) return;
    if (is_subtree())
      check_kind_of_path("**", names_of_subtree_kinds());
    else if (has_single_wildcard(path_.value))
      check_kind_of_path("*", names_of_pattern_kinds());
  }
  void check_kind_of_path(const std::string& stars, const std::vector<std::string>& kinds) {
    if (names_one_of(*at_, kinds)) return;
    faults_.error(*path_.at, "a path with '" + stars + "' is only for the " +
                                 (kinds.size() == 1 ? "kind " : "kinds ") + enumerated(kinds, "'"));
  }
  bool is_subtree() const { return path_.value.ends_with("**"); }

  void report_two_kinds() {
    auto kinds = spec_.kinds;
    std::sort(kinds.begin(), kinds.end(), [](const auto& a, const auto& b) {
      return std::pair(a.at->line, a.at->column) < std::pair(b.at->line, b.at->column);
    });
    faults_.error(*kinds[1].at->key,
                  "'" + kinds[0].kind->name() + "' and '" + kinds[1].kind->name() +
                      "' together: a resource is of one kind",
                  any_kind());
  }

  /// Returns the options of events. Reports options with which no events would be published.
  std::optional<event_options> build_events(const kind_options& kind) {
    const auto& [how, at] = *spec_.publish;
    if (!kind.offered().contains(method::get) || is_subtree() || has_single_wildcard(path_.value)) {
      faults_.error(*at->key, "only a resource with GET and a single path can publish");
      return std::nullopt;
    }
    if (path_.value.find_first_of("+#") != std::string::npos) {
      faults_.error(*at->key, "a path with '+' or '#' cannot publish",
                    "the topic of an event contains the path, and MQTT reserves these characters");
      return std::nullopt;
    }
    if (at->find("every") != nullptr && !how.every) return std::nullopt;  // already reported
    if (!how.every && !how.on_change) {
      faults_.error(*at, "`publish` needs `every` or `on_change`", "{every: 2s}");
      return std::nullopt;
    }
    if (!how.every && how.change > 0) {
      faults_.error(*at, "`change` needs `every`", "every: 2s");
      return std::nullopt;
    }
    if (!how.every && !kind.reports_changes()) {
      faults_.error(*at, "`on_change` without `every` is only for values, collections and topics",
                    "every: 2s");
      return std::nullopt;
    }
    return how;
  }

  std::optional<kind_options> build_kind(const resource_spec::kind_entry& named) {
    if (named.kind->traits().paths == subtree_paths::required && !is_subtree()) {
      faults_.error(*path_.at, "the path of a '" + named.kind->name() + "' resource ends in '/**'",
                    path_.value + "/**: ...");
      return std::nullopt;
    }
    return named.keys->build({path_, limits_, faults_});
  }

  const resource_spec& spec_;
  const located<std::string>& path_;
  const node* at_;
  const payload_limits& limits_;
  report& faults_;
  const bool names_a_kind_;
};

}  // namespace

std::vector<built_resource> build_resources(const device_spec& device, const payload_limits& limits,
                                            report& faults) {
  std::vector<built_resource> built;
  built.reserve(device.resources.size());
  std::unordered_map<std::string_view, const node*> first;
  for (const auto& entry : device.resources) {
    const auto [same, is_new] = first.emplace(entry.name.value, entry.name.at);
    if (!is_new)
      faults.error(*entry.name.at, "two resources on the path '" + entry.name.value + '\'',
                   "first: " + place_text(*same->second, *entry.name.at));
    auto resource = resource_builder(entry, limits, faults).build();
    if (is_new) built.push_back(std::move(resource));
  }
  return built;
}

}  // namespace mqcoap::config
