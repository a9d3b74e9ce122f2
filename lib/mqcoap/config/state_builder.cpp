#include <mqcoap/config/state_builder.hpp>

#include <algorithm>

namespace mqcoap::config {
namespace {

void check_database(const state_spec& given, report& faults) {
  if (given.password && !given.postgres)
    faults.error(*given.password->at->key, "a password without a database", "`postgres` names one");
  if (!given.postgres) return;
  const auto& at = *given.postgres->at->key;
  if (given.directory)
    faults.error(at, "state is kept in a directory or in a database, not in both",
                 "remove `dir` or `postgres`");
}

}  // namespace

std::optional<std::chrono::milliseconds> build_standby(const root_spec& root, report& faults) {
  if (!root.standby) return std::nullopt;
  const auto& at = *root.standby->at->key;
  if (!root.state.postgres)
    faults.error(at, "the lease is in a database, and none is named", "state: {postgres: ...}");
  if (!root.brokers.empty() && root.brokers.front().value.share)
    faults.error(
        at, "either one of several gateways serves (`standby`), or all of them divide the requests (`share`)",
        "remove one of them");
  return root.standby->value.lease;
}

store::state_options build_state(const root_spec& root, const std::vector<built_device>& devices,
                                 report& faults) {
  const auto& given = root.state;
  check_database(given, faults);
  store::state_options made;
  made.directory = given.directory.value_or("");
  if (given.postgres) made.postgres.url = given.postgres->value;
  if (given.password) made.postgres.password = given.password->value;
  for (const auto& device : devices) made.records_writes = made.records_writes || device.durable_dedup;
  for (const auto& device : devices)
    made.is_needed = made.is_needed || device.durable_dedup ||
                     std::any_of(device.resources.begin(), device.resources.end(),
                                 [](const auto& each) { return each.kind && each.kind->persists(); });
  return made;
}

}  // namespace mqcoap::config
