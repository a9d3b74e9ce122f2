#include <algorithm>
#include <chrono>
#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/gateway/reconfiguration.hpp>
#include <utility>

namespace mqcoap {
namespace {

/// How long a conflicting connection may take to finish before the new one starts.
constexpr std::chrono::seconds leaving_grace{5};

}  // namespace

void gateway::reconfigure(gateway_options options, std::vector<link*> links) {
  if (draining()) return;
  reconfiguration parts(*this, std::make_shared<prepared_options>(std::move(options), options_),
                        std::move(links));
  while (parts.advance()) continue;
}

/// Leaves the previous options in `next`. Terminates the process if memory allocation fails: a partly applied
/// configuration would be neither the old nor the new one, and a restart uses the new one.
void gateway::put_in_force(prepared_options& next, std::shared_ptr<const step_chain> chain,
                           std::vector<link*> links) noexcept {
  core_.use(std::move(chain));
  std::swap(options_, next.options);
  core_.set_options({options_.limits.handler_timeout});
  requests_.set_options({options_.limits.handler_timeout});
  set_places();
  next.rules = proxy_.use(std::move(next.rules));
  stats_.configure(options_);
  log_ = request_log(options_.logged_body, hooks_.log);
  if (next.publishes_the_same)
    events_.keep(options_);
  else
    events_.configure(options_, next.published);
  const auto before = std::exchange(links_, std::move(links));
  const bool is_other_broker = default_broker_.use(*links_.front());
  returns_.begin(links_);
  front_.serve_from(*links_.front());
  release_links(before);
  front_.subscribe();
  topics_.subscribe(*links_.front());
  if (is_other_broker) leave_broker();
  // Another broker has not received the values yet; one that is not connected gets them when it is.
  if (links_.front() != before.front() && links_.front()->up()) events_.on_link_up();
  wake_soon();
}

/// Forgets what belongs to the previous default broker.
void gateway::leave_broker() {
  topics_.forget_other_brokers();
  events_.forget_retained();
}

/// Keeps a device that is no longer in force while it has unanswered calls.
void gateway::leave(std::shared_ptr<local_device> device) noexcept {
  if (device.use_count() > 1) leaving_devices_.push_back(std::move(device));
}

void gateway::release_links(const std::vector<link*>& before) {
  const auto now = time_.now();
  std::erase_if(leaving_links_, [this](const leaving_link& each) { return is_kept(*each.via); });
  for (link* const l : before)
    if (!is_kept(*l)) leaving_links_.push_back({l, false, now + leaving_grace});
  // Also checks links of earlier reloads: this one may have reused a client id.
  for (auto& leaving : leaving_links_) {
    const auto has_its_name = [&](const link* other) {
      return other->client_id() == leaving.via->client_id();
    };
    if (leaving.in_the_way || std::none_of(links_.begin(), links_.end(), has_its_name)) continue;
    leaving.in_the_way = true;
    leaving.deadline = now + leaving_grace;
    front_.hurry(*leaving.via);
  }
}

/// Reports the links that are no longer needed.
void gateway::retire() {
  const auto now = time_.now();
  for (const auto& [via, in_the_way, deadline] : leaving_links_) {
    if (!in_the_way || now < deadline) continue;
    proxy_.on_link_down(*via, "its settings were changed");
    front_.replace(*via);
  }
  front_.expire(now);
  // Not done when the call is answered, because a handler may still be running then.
  std::erase_if(leaving_devices_, [](const auto& device) { return device.use_count() == 1; });

  std::vector<link*> over;
  std::erase_if(leaving_links_, [&](const leaving_link& each) {
    const bool done = proxy_.release(*each.via) && !front_.uses(*each.via);
    if (done) {
      topics_.release(*each.via);
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
