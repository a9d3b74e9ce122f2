#include <mqcoap/config/proxy_builder.hpp>

#include <algorithm>
#include <map>
#include <mqcoap/base/glob.hpp>
#include <mqcoap/config/request_check.hpp>
#include <mqcoap/config/served_tags.hpp>
#include <mqcoap/settings/suggest.hpp>

namespace mqcoap::config {
namespace {

std::vector<std::string> broker_names(const root_spec& root) {
  std::vector<std::string> names;
  for (const auto& broker : root.brokers) names.push_back(broker.name.value);
  return names;
}

class route_checks {
 public:
  route_checks(const root_spec& root, const served_tags& served, report& faults)
      : root_(root), served_(served), faults_(faults) {}

  void check(const located<route_spec>& at) {
    check_name(at.value);
    check_broker(at.value.to.value);
    if (at.value.serve.value)
      check_served(at);
    else
      check_forwarded(at);
  }

 private:
  void check_name(const route_spec& route) {
    if (!route.name) return;
    const auto [first, is_new] = names_.emplace(route.name->value, route.name->at);
    if (!is_new)
      faults_.error(*route.name->at, "two routes have the name '" + route.name->value + '\'',
                    "first: " + place_text(*first->second, *route.name->at));
  }

  void check_broker(const target_spec& to) {
    if (!to.broker) return;
    const auto names = broker_names(root_);
    if (std::find(names.begin(), names.end(), to.broker->value) == names.end())
      faults_.error(*to.broker->at, "there is no broker '" + to.broker->value + '\'',
                    suggest(to.broker->value, names));
  }

  void check_served(const located<route_spec>& at) {
    const auto& route = at.value;
    for (const auto& tag : route.match.value.tags)
      if (!is_glob(tag) && served_.is_own(tag))
        faults_.error(match_place(at, tag),
                      "the tag " + tag + " is one of the gateway's devices and cannot be served by a route");
    if (!served_.leads_home(route.to.value)) return;
    const auto& own_tags = route.match.value.tags;
    for (const auto& target : served_tags::targets(route)) {
      const bool is_kept = route.to.value.tag.empty() || route.to.value.tag == "{tag}";
      if (is_kept || std::find(own_tags.begin(), own_tags.end(), target) != own_tags.end()) {
        faults_.error(
            *route.serve.at,
            "the devices " + target + " are on the gateway's own broker and namespace: both would answer",
            "`to` another broker, namespace or tag");
      } else if (const auto back = served_.overlapping(target); !back.empty()) {
        faults_.error(target_place(at, target), "this leads back: the gateway itself answers for " + back);
      }
    }
  }

  /// Checks a route that only forwards. It may match more than it should: whether a tag leads back is known
  /// only if the target is a single tag.
  void check_forwarded(const located<route_spec>& at) {
    const auto& route = at.value;
    if (!served_.leads_home(route.to.value)) return;
    for (const auto& target : served_tags::targets(route)) {
      if (is_glob(target)) continue;
      if (served_.is_own(target) || served_.is_proxied(target))
        faults_.error(target_place(at, target), "this leads back: the gateway itself answers for " + target);
    }
  }

  /// Returns the place of a tag pattern, or of the whole route if it has none.
  static const node& match_place(const located<route_spec>& route, const std::string& pattern) {
    const node* match = route.value.match.at;
    const node* tag = match != nullptr ? match->find("tag") : nullptr;
    if (tag == nullptr) return *route.at;
    if (!tag->is_list()) return *tag;
    for (const node* item : tag->items)
      if (item->text == pattern) return *item;
    return *tag;
  }

  static const node& target_place(const located<route_spec>& route, const std::string& target) {
    const node* to = route.value.to.at;
    const node* tag = to != nullptr ? to->find("tag") : nullptr;
    return tag != nullptr ? *tag : match_place(route, target);
  }

  const root_spec& root_;
  const served_tags& served_;
  report& faults_;
  std::map<std::string, const node*> names_;
};

route_options build_route(const route_spec& spec, const defaults_spec& defaults) {
  route_options route;
  if (spec.name) route.name = spec.name->value;
  route.match = {spec.match.value.tags, spec.match.value.subsystems, spec.match.value.path,
                 spec.match.value.methods};
  route.serve = spec.serve.value;
  const auto& to = spec.to.value;
  route.to = {to.broker ? to.broker->value : "", to.ns ? to.ns->text() : "", to.tag, to.subsystem, to.path};
  route.timeout = spec.timeout.value_or(defaults.timeout);
  route.in_flight = spec.in_flight;
  route.queue = spec.queue;
  route.wire = spec.wire;
  route.token = spec.token;
  return route;
}

/// Warns if there are routes that no request can take. A route without `serve` is for callers that name the
/// device themselves, which takes `proxy.forward`, and for requests of the gateway's own resources.
void warn_of_unused_routes(const root_spec& root, const std::vector<built_device>& devices, report& faults) {
  const auto sends_requests = [](const built_resource& r) {
    return r.kind && r.kind->target_device() != nullptr;
  };
  if (faults.failed()) return;  // an error may be the cause, such as an invalid `forward`
  if (root.proxy.forward || std::ranges::any_of(devices, [&](const built_device& device) {
        return std::ranges::any_of(device.resources, sends_requests);
      }))
    return;
  const auto& routes = root.proxy.routes;
  const auto unused =
      std::ranges::find_if(routes, [](const auto& route) { return !route.value.serve.value; });
  if (unused == routes.end()) return;
  faults.warning(*unused->at, "no request can take a route without `serve`: there is no `proxy.forward`",
                 "serve: true here, or forward: TAG under proxy");
}

}  // namespace

proxy_options build_proxy(const root_spec& root, const std::vector<built_device>& devices, report& faults) {
  const served_tags served(root, devices);
  route_checks checks(root, served, faults);
  proxy_options proxy;
  proxy.default_timeout = root.defaults.timeout;
  if (root.proxy.forward) proxy.forward = root.proxy.forward->value;
  for (const auto& route : root.proxy.routes) {
    checks.check(route);
    proxy.routes.push_back(build_route(route.value, root.defaults));
  }
  check_requests(devices, served, faults);
  warn_of_unused_routes(root, devices, faults);
  return proxy;
}

}  // namespace mqcoap::config
