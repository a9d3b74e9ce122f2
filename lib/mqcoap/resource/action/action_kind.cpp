#include <algorithm>
#include <chrono>
#include <functional>
#include <mqcoap/resource/action/action.hpp>
#include <mqcoap/resource/action/step_keys.hpp>
#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/kind_module.hpp>
#include <mqcoap/resource/path_types.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <mqcoap/settings/common_types.hpp>
#include <mqcoap/settings/suggest.hpp>
#include <set>

namespace mqcoap {
namespace {

using json_entry = named<std::string, json_text>;  // maps a path to a value

struct action_spec : step_keys {
  std::vector<json_entry> when;
  std::vector<json_entry> set;
};

struct action_keys {
  located<action_spec> action;
};

/// Returns the row of a key for the steps after `when` and `set`.
template <class V, class Target>
table_row<action_spec> step_key(std::string name, value_type<V> type, presence when, std::string doc,
                                Target step_keys::*target) {
  return key<action_spec>(
      std::move(name), std::move(type), std::move(when), std::move(doc),
      [target](action_spec& to, V value) { static_cast<step_keys&>(to).*target = std::move(value); });
}

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
      "POST runs its steps in this order: `when`, `set`, `exec`, `request`, `publish`. The answer comes when "
      "the last one is done: 203. If a step fails, the answer is its error after its name, and no further "
      "step is run; what was done before stays, also the values of `set`. Two requests run the action twice, "
      "concurrently: `when` and `set` are one step, and let only one of them through if `set` invalidates "
      "`when`. At `limits.handler_timeout`, or when the caller does not wait longer, the answer is 504, and "
      "the current step is cancelled.",
      {entries_key(
           "when",
           "The conditions, by the paths of value resources of this device; if one does not hold, the "
           "answer is 412. Of an object, the named members must be equal; anything else must be equal as "
           "a whole.",
           &action_spec::when),
       entries_key("set",
                   "The values to store, by the paths of value resources of this device, all in one step.",
                   &action_spec::set),
       step_key("exec", with_place(program_and_arguments()), presence::optional("no program runs"),
                "A program and its arguments, as with the kind `exec`: no shell is used, `{body}` stands for "
                "the body of the POST, which needs a `schema`, and an exit status other than 0 gives 500 "
                "with the end of its standard error. `limits.exec` programs run at a time.",
                &step_keys::exec),
       step_key("env", environment_variables(), presence::optional("`PATH` alone"),
                "Variables of the program's environment; `PATH` is always set.", &step_keys::environment),
       step_key("stdin", choice<bool>({{"body", true}}), presence::optional("standard input is empty"),
                "`body`: the program reads the body of the POST from its standard input, as JSON.",
                &step_keys::body_to_input),
       step_key("timeout", duration(std::chrono::milliseconds(1), std::chrono::minutes(10)),
                presence::optional("as long as the caller waits"),
                "How long the program may run; then it is killed, and the answer is 504.",
                &step_keys::timeout),
       step_key("request", request_to_send(), presence::optional("no request is sent"),
                "A request to a resource.", &step_keys::request),
       step_key("publish", event_to_send(), presence::optional("no event is sent"), "An event that is sent.",
                &step_keys::publish),
       step_key("schema", with_place(json_schema_value()), presence::optional("anything"),
                "The JSON Schema of the body of the POST, see docs/schema.md; a body that breaks it gets 400 "
                "before anything is done.",
                &step_keys::schema)}};
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
  const auto& spec = keys.action.value;
  action_options options{build_entries(spec.when, at), build_entries(spec.set, at)};
  build_steps(options, spec, *keys.action.at, at);
  return options;
}

/// Adds the device to the hint of an error in a template, because an action may be right for one device and
/// wrong for another.
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
  if (kind == nullptr) return nullptr;  // its own error is reported elsewhere
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
                 "this breaks the schema of '" + entry.name.value + "': " + fault->message);
}

/// Follows the requests of actions within a device. Returns true if they form a cycle.
bool leads_in_a_circle(const address& first, const device_view& device) {
  std::set<std::string, std::less<>> seen;
  const auto* to = &first;
  while (to->tag.text() == device.tag()) {
    const auto [at, is_new] = seen.emplace(to->path.key());
    if (!is_new) return true;
    const auto* const kind = device.find(*at);
    const auto* const action = kind != nullptr ? kind->get_if<action_options>() : nullptr;
    if (action == nullptr || !action->request) return false;
    to = &action->request->to;
  }
  return false;
}

void check_action(const action_keys& keys, const device_view& device, report& faults) {
  const auto& spec = keys.action.value;
  for (const auto& entry : spec.when) find_value(entry, device, faults);
  for (const auto& entry : spec.set) check_set(entry, device, faults);
  if (!spec.request || !spec.request->to) return;
  const auto& [to, at] = *spec.request->to;
  if (leads_in_a_circle(to, device))
    faults.error(*at, "this leads in a circle: " + to.to_string() + " asks for itself again");
}

}  // namespace

const kind_module& action_kind() {
  using keys = action_keys;
  static const kind_table<keys> table{{key<keys>("action", with_place(map_with(action_section())),
                                                 another_kind(), "An action that POST runs.", &keys::action)},
                                      build_action,
                                      check_action};
  return table;
}

}  // namespace mqcoap
