#pragma once

#include <chrono>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/action/action.hpp>
#include <mqcoap/resource/backend/child_keys.hpp>
#include <mqcoap/resource/kind_module.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <mqcoap/settings/value_type.hpp>
#include <optional>
#include <string>
#include <vector>

// The keys of an action for its steps after `when` and `set`.
namespace mqcoap {

struct request_keys {
  std::optional<located<address>> to;
  method verb = method::post;
  std::optional<located<json_text>> body;
};

struct event_keys {
  std::optional<located<std::string>> name;
  std::optional<located<json_text>> body;
};

struct step_keys {
  std::optional<located<json_schema>> schema;
  std::optional<located<std::vector<std::string>>> exec;
  environment_list environment;
  std::optional<bool> body_to_input;
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<request_keys> request;
  std::optional<event_keys> publish;
};

/// Reads `request` and `publish`.
value_type<request_keys> request_to_send();
value_type<event_keys> event_to_send();

/// Adds the steps to the options; errors go into the report.
/// @param map  the map that contains the keys
void build_steps(action_options& to, const step_keys& keys, const node& map, const kind_place& at);

}  // namespace mqcoap
