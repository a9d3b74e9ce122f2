#include <algorithm>
#include <mqcoap/config/device_builder.hpp>
#include <mqcoap/config/resource_types.hpp>
#include <mqcoap/gateway/own_documents.hpp>
#include <mqcoap/resource/discovery.hpp>
#include <mqcoap/settings/scalar.hpp>
#include <unordered_map>

namespace mqcoap {
namespace {

/// The keys of kinds that a resource has, in the order of the file.
std::vector<const node*> kinds_of(const resource_spec& r) {
  std::vector<const node*> found;
  const auto note = [&found](const auto& kind) {
    if (kind) found.push_back(kind->at);
  };
  note(r.value);
  note(r.collection);
  note(r.action);
  note(r.reply);
  note(r.signal);
  note(r.proxy);
  std::sort(found.begin(), found.end(), [](const node* a, const node* b) {
    return std::pair(a->line, a->column) < std::pair(b->line, b->column);
  });
  return found;
}

constexpr char all_kinds[] = "one of value, collection, action, reply, signal, proxy";

/// True if a key of a kind stands there, be what it holds at fault or not.
bool names_a_kind(const node& resource) {
  return std::any_of(resource.entries.begin(), resource.entries.end(),
                     [](const node::entry& e) { return is_kind_name(e.key->text); });
}

class resource_builder {
 public:
  resource_builder(const named<std::string, resource_spec>& entry, const payload_limits& limits,
                   report& faults)
      : spec_(entry.value), path_(entry.name), at_(entry.at), limits_(limits), faults_(faults) {}

  built_resource build() {
    const auto kinds = kinds_of(spec_);
    built_resource built{
        {path_.value, spec_.title, spec_.unit, reply_options{}, spec_.metric && spec_.metric->value},
        path_.at,
        nullptr,
        nullptr};
    check_path();
    check_common_keys();
    if (kinds.size() > 1)
      faults_.error(*kinds[1]->key,
                    "'" + kinds[0]->key->text + "' and '" + kinds[1]->key->text +
                        "' together: a resource is of one kind",
                    all_kinds);
    else if (kinds.empty() && !names_a_kind(*at_))
      faults_.error_in(*at_, "no kind is named for this resource", all_kinds);
    if (kinds.size() != 1) return built;
    if (auto options = build_kind()) {
      built.options.kind = *std::move(options);
      built.kind_at = kinds[0];
      if (spec_.action) built.action = &spec_.action->value;
    }
    return built;
  }

 private:
  using kind_options = decltype(resource_options::kind);

  void check_path() {
    const bool is_subtree = path_.value.ends_with("**");
    if (path_.value.size() > limits_.path)
      faults_.error(*path_.at, "the path is longer than `limits.path` allows: " +
                                   std::to_string(limits_.path) + " bytes");
    if (path_.value == discovery_path)
      faults_.error(*path_.at, "the path .well-known/core is reserved: it lists the other resources");
    if (path_.value == ".gw" || path_.value.starts_with(own_prefix))
      faults_.error(*path_.at, "paths under .gw/ are reserved: there the gateway tells about itself");
    if (is_subtree && names_a_kind(*at_) && at_->find("proxy") == nullptr && at_->find("reply") == nullptr)
      faults_.error(*path_.at, "a path with '**' is only for the kinds 'proxy' and 'reply'");
  }

  void check_common_keys() {
    const auto only = [this](const auto& key, const char* name, const char* kinds, bool allowed) {
      if (key && names_a_kind(*at_) && !allowed)
        faults_.error(*key->at->key, std::string("'") + name + "' has no meaning here",
                      std::string("only with ") + kinds);
    };
    const bool is_value = at_->find("value") != nullptr;
    only(spec_.methods, "methods", "value and reply", is_value || at_->find("reply") != nullptr);
    only(spec_.schema, "schema", "value", is_value);
    only(spec_.metric, "metric", "value", is_value);
  }

  std::optional<kind_options> build_kind() {
    if (spec_.value) return build_value();
    if (spec_.collection) {
      const auto& c = spec_.collection->value;
      collection_options options;
      options.max = c.max;
      if (c.schema) options.schema = c.schema->value;
      return options;
    }
    if (spec_.action) return build_action();
    if (spec_.reply) {
      auto reply = spec_.reply->value;
      if (spec_.methods) reply.methods = spec_.methods->value;
      if (!is_shallow(reply.body, *spec_.reply->at)) return std::nullopt;
      return reply;
    }
    if (spec_.signal) return signal_options{spec_.signal->value};
    return build_mount();
  }

  std::optional<kind_options> build_value() {
    value_options value;
    value.initial = spec_.value->value;
    if (!is_shallow(value.initial, *spec_.value->at)) return std::nullopt;
    if (spec_.methods) {
      value.methods = spec_.methods->value;
      for (method m : {method::post, method::del})
        if (value.methods.contains(m))
          faults_.error(*spec_.methods->at, std::string(to_string(m)) + " has no meaning for a value",
                        "out of GET and PUT");
    }
    check_metric();
    if (spec_.schema) {
      value.schema = spec_.schema->value;
      if (const auto fault = value.schema->check(value.initial.value()))
        faults_.error(follow_pointer(*spec_.value->at, fault->pointer),
                      "the value breaks its own schema: " + fault->words);
    }
    return value;
  }

  void check_metric() {
    if (!spec_.metric || !spec_.metric->value) return;
    const auto& value = *spec_.value->at;
    const auto kind = value.is_scalar() ? classify(value) : scalar_kind::null;
    if (kind != scalar_kind::integer && kind != scalar_kind::floating)
      faults_.error(*spec_.metric->at, "a metric is a number, and the value is " + describe(value));
  }

  std::optional<kind_options> build_action() {
    action_options action;
    const auto copy = [this](const json_entries& from, std::vector<action_options::entry>& to) {
      for (const auto& entry : from) {
        is_shallow(entry.value, *entry.at);
        const bool twice =
            std::any_of(to.begin(), to.end(), [&entry](const auto& e) { return e.path == entry.name.value; });
        if (twice) faults_.error(*entry.name.at, "the path '" + entry.name.value + "' stands here twice");
        to.push_back({entry.name.value, entry.value});
      }
    };
    copy(spec_.action->value.when, action.when);
    copy(spec_.action->value.set, action.set);
    return action;
  }

  std::optional<kind_options> build_mount() {
    if (!path_.value.ends_with("**")) {
      faults_.error(*path_.at, "the path of a 'proxy' resource ends in '/**'", path_.value + "/**: ...");
      return std::nullopt;
    }
    return spec_.proxy->value;
  }

  /// A body stands one level deep in its payload.
  bool is_shallow(const json_text& json, const node& at) {
    if (!validate_json(json.text(), limits_.depth - 1)) return true;
    faults_.error(at, "nested deeper than `limits.depth` allows: " + std::to_string(limits_.depth) +
                          " levels, the payload around it included");
    return false;
  }

  const resource_spec& spec_;
  const located<std::string>& path_;
  const node* at_;
  const payload_limits& limits_;
  report& faults_;
};

}  // namespace

std::vector<built_resource> build_resources(const device_spec& device, const payload_limits& limits,
                                            report& faults) {
  std::vector<built_resource> built;
  std::unordered_map<std::string_view, const node*> first;
  for (const auto& entry : device.resources) {
    const auto [same, is_new] = first.emplace(entry.name.value, entry.name.at);
    if (!is_new)
      faults.error(*entry.name.at, "two resources on the path '" + entry.name.value + '\'',
                   "first: " + place_words(*same->second, *entry.name.at));
    auto resource = resource_builder(entry, limits, faults).build();
    if (is_new) built.push_back(std::move(resource));
  }
  return built;
}

}  // namespace mqcoap
