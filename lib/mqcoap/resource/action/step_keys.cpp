#include <mqcoap/resource/action/step_keys.hpp>

#include <mqcoap/resource/exec/argument_checks.hpp>
#include <mqcoap/resource/path_types.hpp>
#include <mqcoap/settings/common_types.hpp>
#include <mqcoap/settings/section.hpp>

namespace mqcoap {
namespace {

value_type<address> single_address() {
  const std::string expected = "TAG/SUBSYSTEM/PATH";
  return refine(
      text(expected), expected, string_schema(R"(^/?[A-Za-z0-9_.-]{1,64}/[A-Za-z0-9_.-]{1,64}/[^*]+$)"),
      [expected](const std::string& given, const node& n, read_context& ctx) -> std::optional<address> {
        auto to = address::parse(given, longest_path);
        if (to && given.find('*') == std::string::npos) return *std::move(to);
        mismatch(n, expected, ctx);
        return std::nullopt;
      });
}

/// Reads the end of a topic.
value_type<std::string> event_name() {
  const std::string expected = "a name like shot or shot/ended";
  return refine(
      text(expected), expected, string_schema("^[^*+#]+$"),
      [expected](const std::string& given, const node& n, read_context& ctx) -> std::optional<std::string> {
        const auto path = resource_path::parse(given, longest_path);
        if (path && given.find_first_of("*+#") == std::string::npos) return std::string(path->key());
        mismatch(n, expected, ctx, "no '*', '+' or '#', no empty segment, no '.' or '..'");
        return std::nullopt;
      });
}

const section<request_keys>& request_section() {
  static const section<request_keys> table{
      "action_request",
      "devices.TAG.resources.PATH.action.request",
      "A request of the gateway, which is done when it is answered. An error is also the answer to the "
      "action. A request to a resource of the gateway itself does not pass the broker; any other goes "
      "through the proxy: by the route that matches, or else directly to the default broker.",
      {key<request_keys>("to", with_place(single_address()), presence::required(),
                         "The resource that gets the request.", &request_keys::to),
       key<request_keys>(
           "method",
           choice<method>(
               {{"GET", method::get}, {"PUT", method::put}, {"POST", method::post}, {"DELETE", method::del}}),
           "POST", "The method.", &request_keys::verb),
       key<request_keys>("body", with_place(any_json()), presence::optional("`null`"),
                         "The body of the request.", &request_keys::body)}};
  return table;
}

const section<event_keys>& event_section_of_action() {
  static const section<event_keys> table{
      "action_event",
      "devices.TAG.resources.PATH.action.publish",
      "An event on `NAMESPACE/SUBSYSTEM/event/TAG/NAME` of the default broker, with the broker's `qos`: the "
      "subsystem is the device's first, or `events`.",
      {key<event_keys>("name", with_place(event_name()), presence::required(), "The end of the topic.",
                       &event_keys::name),
       key<event_keys>("body", with_place(any_json()), presence::optional("`null`"), "The body of the event.",
                       &event_keys::body)}};
  return table;
}

/// Returns a body; null if there is none, or it cannot be sent.
json_text build_body(const std::optional<located<json_text>>& from, const kind_place& at) {
  return from && at.is_shallow(from->value, *from->at) ? from->value : json_text();
}

bool is_short(std::string_view path, const node& from, const kind_place& at) {
  if (path.size() <= at.limits.path) return true;
  at.faults.error(
      from, "the path is longer than `limits.path` allows: " + std::to_string(at.limits.path) + " bytes");
  return false;
}

void build_exec_step(action_options& to, const step_keys& keys, const node& map, const kind_place& at) {
  if (map.find("exec") == nullptr)
    for (const auto* name : {"env", "stdin", "timeout"})
      if (const auto* const found = map.find(name))
        at.faults.error(*found->key, "there is no program in the action", "exec: [PROGRAM, ARGUMENT, ...]");
  if (!keys.exec) return;
  check_arguments({*keys.exec, {method::post}, keys.schema.has_value(), at.path.value, nullptr}, at.faults);
  auto& made = to.exec.emplace();
  made.program = {keys.exec->value, build_environment(keys.environment), keys.body_to_input.has_value()};
  made.timeout = keys.timeout.value_or(std::chrono::milliseconds(0));
  made.most = at.limits.payload;
  made.front.methods = {method::post};
}

}  // namespace

value_type<request_keys> request_to_send() { return map_with(request_section()); }
value_type<event_keys> event_to_send() { return map_with(event_section_of_action()); }

void build_steps(action_options& to, const step_keys& keys, const node& map, const kind_place& at) {
  if (keys.schema) to.schema = keys.schema->value;
  build_exec_step(to, keys, map, at);
  if (keys.request && keys.request->to &&
      is_short(keys.request->to->value.path.key(), *keys.request->to->at, at))
    to.request =
        action_request{keys.request->to->value, keys.request->verb, build_body(keys.request->body, at)};
  if (keys.publish && keys.publish->name && is_short(keys.publish->name->value, *keys.publish->name->at, at))
    to.publish = action_event{resource_path::parse(keys.publish->name->value, at.limits.path).value(),
                              build_body(keys.publish->body, at)};
}

}  // namespace mqcoap
