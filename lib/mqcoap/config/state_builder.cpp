#include <mqcoap/config/state_builder.hpp>

#include <algorithm>

namespace mqcoap {
namespace {

void check_database(const state_spec& given, const std::vector<built_device>& devices, report& faults) {
  if (given.password && !given.postgres)
    faults.error(*given.password->at->key, "a password without a database", "`postgres` names one");
  if (!given.postgres) return;
  const auto& at = *given.postgres->at->key;
  if (given.directory)
    faults.error(at, "state is kept in a directory or in a database, not in both",
                 "remove `dir` or `postgres`");
  if (std::any_of(devices.begin(), devices.end(), [](const auto& each) { return each.durable_dedup; }))
    faults.error(at, "a device has `durable_dedup`, which a database does not keep",
                 "without `postgres`, `dir` keeps it");
}

}  // namespace

state_options build_state(const root_spec& root, const std::vector<built_device>& devices, report& faults) {
  const auto& given = root.state;
  check_database(given, devices, faults);
  state_options made;
  made.directory = given.directory.value_or("");
  if (given.postgres) made.postgres.url = given.postgres->value;
  if (given.password) made.postgres.password = given.password->value;
  for (const auto& device : devices)
    made.is_needed = made.is_needed || device.durable_dedup ||
                     std::any_of(device.resources.begin(), device.resources.end(),
                                 [](const auto& each) { return each.kind && each.kind->persists(); });
  return made;
}

}  // namespace mqcoap
