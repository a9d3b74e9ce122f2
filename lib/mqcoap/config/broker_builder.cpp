#include <algorithm>
#include <mqcoap/config/proxy_builder.hpp>
#include <mqcoap/config/served_tags.hpp>
#include <set>
#include <utility>

namespace mqcoap::config {
namespace {

/// Returns the tags of known devices: the gateway's own, and those that it sends requests to.
std::set<std::string> known_tags(const root_spec& root, const std::vector<built_device>& devices) {
  std::set<std::string> tags;
  for (const auto& device : devices) {
    tags.insert(device.tag.text());
    for (const auto& resource : device.resources)
      if (const auto* const tag = resource.kind ? resource.kind->target_device() : nullptr)
        tags.insert(tag->text());
  }
  if (root.proxy.forward) tags.insert(root.proxy.forward->value.text());
  for (const auto& route : root.proxy.routes) {
    const auto targets = served_tags::targets(route.value);
    tags.insert(targets.begin(),
                targets.end());  // client ids cannot contain '*', so patterns match none
  }
  return tags;
}

void check_client_ids(const root_spec& root, const std::vector<built_device>& devices, report& faults) {
  const auto tags = known_tags(root, devices);
  const auto& brokers = root.brokers;
  for (auto b = brokers.begin(); b != brokers.end(); ++b) {
    if (!b->value.client_id) continue;
    const auto& id = *b->value.client_id;
    if (tags.count(id.value) != 0)
      faults.error(*id.at, "the client id " + id.value +
                               " is the tag of a device: each would end the other's connection");
    const auto same = std::find_if(brokers.begin(), b, [&b](const auto& other) {
      return other.value.client_id && other.value.client_id->value == b->value.client_id->value &&
             is_one_broker(other.value.options, b->value.options);
    });
    if (same != b)
      faults.error(*id.at, "the broker '" + same->name.value +
                               "' has the same url and client id: each would end the "
                               "other's connection");
  }
}

const node* place_of(const tls_spec& tls, tls_fault::option where) {
  using enum tls_fault::option;
  switch (where) {
    case ca_file: return tls.ca_at;
    case ca_dir: return tls.ca_dir_at;
    case cert_file: return tls.cert_at;
    case key_file: return tls.key_at;
    case key_password: return tls.key_password_at;
    case alpn: return tls.alpn_at;
    case none: break;
  }
  return nullptr;
}

/// Reports keys of `tls` that need another one. Returns true if there are any.
bool has_halves(const node& tls, report& faults) {
  bool found = false;
  for (const auto& [name, partner] : {std::pair{"cert", "key"}, {"key", "cert"}, {"key_password", "key"}}) {
    const auto* at = tls.find(name);
    if (at == nullptr || tls.find(partner) != nullptr) continue;
    found = true;
    faults.error_in(*at, std::string("a `") + name + "` without a `" + partner + '`',
                    std::string("they go together: add `") + partner + '`');
  }
  return found;
}

/// Validates the files of the section by loading them.
tls_options build_tls(const located<tls_spec>& given, report& faults) {
  const auto& tls = given.value;
  const bool key_read = tls.key_at != nullptr || given.at->find("key") == nullptr;
  const bool cert_read = tls.cert_at != nullptr || given.at->find("cert") == nullptr;
  if (has_halves(*given.at, faults) || !key_read || !cert_read) return {};
  if (const auto fault = find_fault(tls.options); !fault.message.empty()) {
    const auto* at = place_of(tls, fault.where);
    faults.error(at != nullptr ? *at : *given.at, fault.message);
  }
  return tls.options;
}

void set_tls(const broker_spec& spec, link_options& link, report& faults) {
  if (spec.urls.value.empty()) return;  // already reported
  const bool wanted = spec.urls.value.front().tls;
  if (spec.tls && !wanted)
    faults.error_in(*spec.tls->at, "`tls` with a url of mqtt://, which is not encrypted",
                    "url: mqtts://" + spec.options.host + ", or no `tls`");
  else if (wanted)
    link.tls = spec.tls ? build_tls(*spec.tls, faults) : tls_options{};
}

}  // namespace

std::vector<link_options> build_brokers(const root_spec& root, const std::vector<built_device>& devices,
                                        report& faults) {
  std::vector<link_options> links;
  for (const auto& [name, spec, at] : root.brokers) {
    link_options link = spec.options;
    link.name = name.value;
    if (spec.client_id) link.client_id = spec.client_id->value;
    link.max_inbound = std::max(link.max_inbound, inbound_limit_for(root.limits.payload.payload));
    if (spec.password_at != nullptr && link.username.empty())
      faults.error(*spec.password_at->key, "a password without a username",
                   "MQTT 3.1.1 does not allow that: add `username`");
    set_tls(spec, link, faults);
    links.push_back(std::move(link));
  }
  check_client_ids(root, devices, faults);
  return links;
}

}  // namespace mqcoap::config
