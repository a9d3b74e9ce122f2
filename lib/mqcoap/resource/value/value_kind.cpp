#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/kind_module.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <mqcoap/settings/scalar.hpp>

namespace mqcoap {
namespace {

struct value_keys {
  located<json_text> value;
  std::optional<located<method_set>> methods;
  std::optional<located<json_schema>> schema;
  std::optional<located<bool>> metric;
  std::optional<located<bool>> persist;
};

void check_metric(const value_keys& keys, report& faults) {
  const auto& value = *keys.value.at;
  const auto kind = value.is_scalar() ? classify(value) : scalar_kind::null;
  if (kind != scalar_kind::integer && kind != scalar_kind::floating)
    faults.error(*keys.metric->at, "a metric is a number, and the value is " + describe(value));
}

std::optional<kind_options> build_value(const value_keys& keys, const kind_place& at) {
  value_options value;
  value.initial = keys.value.value;
  if (!at.is_shallow(value.initial, *keys.value.at)) return std::nullopt;
  if (keys.methods) {
    value.methods = keys.methods->value;
    for (method m : {method::post, method::del})
      if (value.methods.contains(m))
        at.faults.error(*keys.methods->at, std::string(to_string(m)) + " is not supported by a value",
                        "only GET and PUT");
  }
  value.persist = keys.persist && keys.persist->value;
  value.is_metric = keys.metric && keys.metric->value;
  if (value.is_metric) check_metric(keys, at.faults);
  if (keys.schema) {
    value.schema = keys.schema->value;
    if (const auto fault = value.schema->check(value.initial.value()))
      at.faults.error(follow_pointer(*keys.value.at, fault->pointer),
                      "the value breaks its own schema: " + fault->message);
  }
  return value;
}

boost::json::object metric_rule() {
  return {{"if", {{"properties", {{"metric", {{"const", true}}}}}}},
          {"then", {{"properties", {{"value", {{"type", "number"}}}}}}}};
}

}  // namespace

const kind_module& value_kind() {
  using keys = value_keys;
  static const kind_table<keys> table{
      {key<keys>("value", with_place(any_json()), another_kind(),
                 "A value, with this initial value. GET returns it, PUT replaces it.", &keys::value),
       {methods_key("[GET]", &keys::methods), "only GET and PUT"},
       key<keys>(
           "schema", with_place(json_schema_value()), presence::optional("anything"),
           "The JSON Schema of the values that may be stored, including the initial one; see docs/schema.md",
           &keys::schema),
       {key<keys>("metric", with_place(boolean()), presence::optional("`false`"),
                  "Whether the value, which must be a number, is also the metric `mqcoap_resource_value`; "
                  "see `http`",
                  &keys::metric),
        "a PUT of anything else gets 400", metric_rule()},
       persist_key(&keys::persist)},
      build_value};
  return table;
}

}  // namespace mqcoap
