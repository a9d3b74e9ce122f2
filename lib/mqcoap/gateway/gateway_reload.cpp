#include <algorithm>
#include <chrono>
#include <map>
#include <mqcoap/gateway/gateway.hpp>
#include <utility>

namespace mqcoap {
namespace {

/// The time that a conflicting connection has to finish before the new one starts.
constexpr std::chrono::seconds leaving_patience{5};

}  // namespace

void gateway::reconfigure(gateway_options options, std::vector<link*> links) {
  if (draining()) return;
  share_lists(options);
  restore_state();
  state_draft draft(state_);
  auto devices = make_devices(options, draft);
  compose_chain(options);
  options_ = std::move(options);
  core_.set_options({options_.limits.handler_timeout});
  requests_.set_options({options_.limits.handler_timeout});
  set_places();
  proxy_.reconfigure(options_.proxy);
  stats_.configure(options_);
  log_ = request_log(options_.logged_body, hooks_.log);
  keep_devices(std::move(devices));
  draft.put_in_force();
  events_.configure(options_);
  const auto before = std::exchange(links_, std::move(links));
  returns_.begin(links_);
  front_.serve_from(*links_.front());
  let_go_of_links(before);
  front_.subscribe();
  topics_.subscribe(*links_.front());
  wake_soon();
}

/// Replaces lists of resources that have not changed by those that the devices have, so that none is there
/// twice; each pair of lists is compared once.
void gateway::share_lists(gateway_options& next) const {
  std::map<std::pair<const void*, const void*>, bool> compared;
  for (auto& device : next.devices) {
    const auto at = devices_.find(device.tag.text());
    if (at == devices_.end()) continue;
    const auto& before = at->second->options().resources;
    const auto [pair, is_new] = compared.try_emplace({before.identity(), device.resources.identity()});
    if (is_new) pair->second = before == device.resources;
    if (pair->second) device.resources = before;
  }
}

/// Fills null entries with the devices that stay, and keeps replaced ones that have calls to answer.
void gateway::keep_devices(device_map changed) {
  leaving_devices_.reserve(leaving_devices_.size() + devices_.size());  // only this may throw
  for (auto& [tag, device] : changed)
    if (device == nullptr) device = std::move(devices_.at(tag));
  for (auto& [tag, device] : devices_)
    if (device != nullptr && device.use_count() > 1) leaving_devices_.push_back(std::move(device));
  devices_ = std::move(changed);
}

void gateway::let_go_of_links(const std::vector<link*>& before) {
  const auto now = time_.now();
  std::erase_if(leaving_links_, [this](const leaving_link& each) { return is_kept(*each.via); });
  for (link* const l : before)
    if (!is_kept(*l)) leaving_links_.push_back({l, false, now + leaving_patience});
  // Also checks links of earlier reloads: this one may have reused a client id.
  for (auto& leaving : leaving_links_) {
    const auto has_its_name = [&](const link* other) {
      return other->client_id() == leaving.via->client_id();
    };
    if (leaving.in_the_way || std::none_of(links_.begin(), links_.end(), has_its_name)) continue;
    leaving.in_the_way = true;
    leaving.patience = now + leaving_patience;
    front_.hurry(*leaving.via);
  }
}

/// Reports the links that are not needed any more.
void gateway::retire() {
  const auto now = time_.now();
  for (const auto& [via, in_the_way, patience] : leaving_links_) {
    if (!in_the_way || now < patience) continue;
    proxy_.on_link_down(*via, "its settings were changed");
    front_.replace(*via);
  }
  front_.expire(now);
  // Not at the answer itself: a handler may still be running then.
  std::erase_if(leaving_devices_, [](const auto& device) { return device.use_count() == 1; });

  std::vector<link*> over;
  std::erase_if(leaving_links_, [&](const leaving_link& each) {
    const bool done = proxy_.let_go(*each.via) && !front_.uses(*each.via);
    if (done) {
      topics_.let_go(*each.via);
      over.push_back(each.via);
    }
    return done;
  });
  if (hooks_.retired)
    for (link* const l : over) hooks_.retired(*l);
}

bool gateway::is_kept(const link& l) const noexcept {
  return std::find(links_.begin(), links_.end(), &l) != links_.end();
}

}  // namespace mqcoap
