#include <algorithm>
#include <mqcoap/resource/action/action.hpp>
#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/kind_module.hpp>
#include <mqcoap/resource/path_types.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <mqcoap/settings/suggest.hpp>

namespace mqcoap {
namespace {

using json_entry = named<std::string, json_text>;  // maps a path to a value

struct action_spec {
  std::vector<json_entry> when;
  std::vector<json_entry> set;
};

struct action_keys {
  action_spec action;
};

table_row<action_spec> entries_key(std::string name, std::string doc,
                                   std::vector<json_entry> action_spec::*target) {
  return key<action_spec>(std::move(name),
                          map_of(single_path(), any_json(), "a map from paths of this device to values"),
                          "{}", std::move(doc), target);
}

const section<action_spec>& action_section() {
  static const section<action_spec> table{
      "action",
      "devices.TAG.resources.PATH.action",
      "POST runs it: 203. It works on value resources of the same device, which are named by their paths.",
      {entries_key("when",
                   "The conditions; if one does not hold, the answer is 412. Of an object, the named members "
                   "must be equal; anything else "
                   "must be equal as "
                   "a whole.",
                   &action_spec::when),
       entries_key("set", "The values to store, all in one step.", &action_spec::set)}};
  return table;
}

std::vector<action_options::entry> build_entries(const std::vector<json_entry>& from, const kind_place& at) {
  std::vector<action_options::entry> to;
  for (const auto& entry : from) {
    at.is_shallow(entry.value, *entry.at);
    const bool twice =
        std::any_of(to.begin(), to.end(), [&entry](const auto& e) { return e.path == entry.name.value; });
    if (twice) at.faults.error(*entry.name.at, "the path '" + entry.name.value + "' is given twice");
    to.push_back({entry.name.value, entry.value});
  }
  return to;
}

std::optional<kind_options> build_action(const action_keys& keys, const kind_place& at) {
  return action_options{build_entries(keys.action.when, at), build_entries(keys.action.set, at)};
}

/// A template's action may be right for one device and wrong for another.
std::string with_device(const node& at, const device_view& device, const std::string& hint) {
  return key_path(at).starts_with("templates.") ? "of " + device.tag() + (hint.empty() ? "" : ": ") + hint
                                                : hint;
}

const value_options* find_value(const json_entry& entry, const device_view& device, report& faults) {
  const auto& [path, at] = entry.name;
  if (!device.has(path)) {
    faults.error(*at, "this device has no resource '" + path + '\'',
                 with_device(*at, device, suggest(path, device.paths())));
    return nullptr;
  }
  const auto* const kind = device.find(path);
  if (kind == nullptr) return nullptr;  // it has a fault of its own
  const auto* const value = kind->get_if<value_options>();
  if (value == nullptr)
    faults.error(*at, "'" + path + "' is not a value resource",
                 with_device(*at, device, "actions work on values"));
  return value;
}

void check_set(const json_entry& entry, const device_view& device, report& faults) {
  const auto* const value = find_value(entry, device, faults);
  if (value == nullptr) return;
  if (value->is_metric && !entry.value.is_number())
    faults.error(*entry.at, "'" + entry.name.value + "' is a metric, which is a number");
  if (!value->schema) return;
  if (const auto fault = value->schema->check(entry.value.value()))
    faults.error(follow_pointer(*entry.at, fault->pointer),
                 "this breaks the schema of '" + entry.name.value + "': " + fault->words);
}

void check_action(const action_keys& keys, const device_view& device, report& faults) {
  for (const auto& entry : keys.action.when) find_value(entry, device, faults);
  for (const auto& entry : keys.action.set) check_set(entry, device, faults);
}

}  // namespace

const kind_module& action_kind() {
  using keys = action_keys;
  static const kind_table<keys> table{{key<keys>("action", map_with(action_section()), another_kind(),
                                                 "Something that POST runs.", &keys::action)},
                                      build_action,
                                      check_action};
  return table;
}

}  // namespace mqcoap
