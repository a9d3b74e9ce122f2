#include <mqcoap/gateway/reconfiguration.hpp>

#include <utility>

namespace mqcoap {

gateway::reconfiguration::reconfiguration(gateway& of, std::shared_ptr<prepared_options> next,
                                          std::vector<link*> links)
    : of_(of), next_(std::move(next)), links_(std::move(links)), draft_(of.state_) {
  of_.restore_state();
}

bool gateway::reconfiguration::advance() {
  switch (now_) {
    case phase::building:
      if (at_ < next_->devices.all.size()) {
        build(next_->devices.all[at_++]);
      } else {
        make_room();
        now_ = phase::replacing;
        at_ = 0;
      }
      return true;
    case phase::replacing:
      if (at_ < made_.size()) {
        replace(std::move(made_[at_++]));
      } else {
        put_in_force();
        now_ = phase::clearing;
        at_ = 0;
      }
      return true;
    case phase::clearing:
      if (at_ < removed_.size()) {
        clear(std::move(removed_[at_++]));
        return true;
      }
      now_ = phase::over;
      return false;
    case phase::over: return false;
  }
  return false;
}

void gateway::reconfiguration::build(const wanted_device& wanted) {
  of_.early_readings_ = &readings_;
  const std::unique_ptr<gateway, decltype([](gateway* g) { g->early_readings_ = nullptr; })> until_built(
      &of_);
  if (auto made = of_.make_device(wanted, draft_)) made_.push_back(std::move(made));
}

/// Allocates everything that the later phases need, because they cannot be undone.
void gateway::reconfiguration::make_room() {
  for (const auto& each : made_)
    if (!of_.devices_.contains(each->tag())) added_.emplace(each->tag(), each);
  for (const auto& tag : next_->removed) draft_.clear(tag);
  of_.devices_.reserve(of_.devices_.size() + added_.size());
  removed_.reserve(next_->removed.size());
  of_.leaving_devices_.reserve(of_.leaving_devices_.size() + made_.size() + next_->removed.size());
  chain_ = of_.make_chain(next_->options);
}

/// Replaces a device. Its cells adopt the terms of the new device before it receives its first request.
void gateway::reconfiguration::replace(std::shared_ptr<local_device> device) noexcept {
  const auto& tag = device->tag();
  if (auto added = added_.extract(tag)) {
    of_.devices_.insert(std::move(added));
  } else {
    auto& place = of_.devices_.find(tag)->second;
    of_.leave(std::exchange(place, device));
  }
  draft_.put_in_force(tag);
}

/// Puts the options in force. A tag that a route serves from now on is no longer served by its old device.
void gateway::reconfiguration::put_in_force() noexcept {
  for (const auto& tag : next_->removed)
    if (auto gone = of_.devices_.extract(tag)) removed_.push_back(std::move(gone.mapped()));
  of_.put_in_force(*next_, std::move(chain_), std::move(links_));
  for (const auto& [device, path] : readings_) of_.report_reading(device, path);
}

void gateway::reconfiguration::clear(std::shared_ptr<local_device> device) noexcept {
  draft_.put_in_force(device->tag());
  of_.leave(std::move(device));
}

}  // namespace mqcoap
