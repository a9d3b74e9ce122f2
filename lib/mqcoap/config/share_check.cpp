#include <mqcoap/config/share_check.hpp>

#include <algorithm>
#include <mqcoap/resource/action/action.hpp>
#include <string_view>

namespace mqcoap::config {
namespace {

class share_checker {
 public:
  share_checker(std::string group, bool is_state_shared, report& faults)
      : group_(std::move(group)), is_state_shared_(is_state_shared), faults_(faults) {}

  void check(const built_device& device) {
    if (device.presence)
      refuse(*device.tag_at, "`presence` is one gateway's: it would be OFFLINE when one of several ends");
    if (device.durable_dedup && !is_state_shared_)
      refuse(*device.tag_at, "`durable_dedup` needs state that all of them share", shared_state);
    for (const auto& r : device.resources)
      if (r.kind) check(device, r);
  }

 private:
  static constexpr char shared_state[] = "state: {postgres: ...}";

  void check(const built_device& device, const built_resource& r) {
    if (r.kind->is_host_bound())
      refuse(*r.path_at, "only one host has this, and any of the gateways may be asked");
    else if (r.kind->keeps_state() && !is_shared(r))
      refuse(*r.path_at, "each gateway would have a state of its own", state_hint());
    if (const auto* const action = r.kind->get_if<action_options>()) check_set(device, r, *action);
    if (r.events) refuse(*r.path_at, "each of the gateways would publish its events");
  }
  void check_set(const built_device& device, const built_resource& r, const action_options& action) {
    for (const auto& set : action.set) {
      const auto target = std::find_if(device.resources.begin(), device.resources.end(),
                                       [&](const built_resource& each) { return each.path == set.path; });
      if (target == device.resources.end() || !target->kind || is_shared(*target)) continue;
      return refuse(*r.path_at,
                    "it changes '" + set.path + "', of which each gateway would have a state of its own",
                    state_hint());
    }
  }
  bool is_shared(const built_resource& r) const { return is_state_shared_ && r.kind->persists(); }
  std::string state_hint() const {
    return std::string("persist: true") + (is_state_shared_ ? "" : std::string(", with ") + shared_state);
  }
  void refuse(const node& at, const std::string& why, const std::string& hint = {}) {
    faults_.error(at, "several gateways share the requests (`share: " + group_ + "`): " + why, hint);
  }

  const std::string group_;
  const bool is_state_shared_;
  report& faults_;
};

}  // namespace

std::string check_share(const root_spec& root, const std::vector<built_device>& devices, report& faults) {
  std::string group;
  for (const auto& [name, broker, at] : root.brokers) {
    if (!broker.share) continue;
    if (&broker != &root.brokers.front().value)
      faults.error(*broker.share->at,
                   "requests come from the first broker only, '" + root.brokers.front().name.value + "'");
    else
      group = broker.share->value;
  }
  if (group.empty()) return group;
  share_checker checker(group, root.state.postgres.has_value(), faults);
  for (const auto& device : devices) checker.check(device);
  return group;
}

}  // namespace mqcoap::config
