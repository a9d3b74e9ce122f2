#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/schema/json_compare.hpp>
#include <mqcoap/schema/json_schema.hpp>

#include "../property.hpp"
#include "targets.hpp"

namespace mqcoap::fuzz {
namespace {

namespace json = boost::json;

/// Returns the value after it was serialized and parsed again.
json::value reserialised(const json::value& v) { return json_text::from_value(v).value(); }

void check_schema_fault(const json_schema::fault& fault, const json::value& within) {
  HOLDS(!fault.message.empty());
  HOLDS(is_utf8(fault.message));
  error_code ec;
  HOLDS(within.find_pointer(fault.pointer, ec) != nullptr);
}

bool accepts(const json::value& schema, const json::value& value) {
  const auto compiled = json_schema::compile(schema);
  HOLDS(compiled);
  return !compiled->check(value);
}

/// Checks the results of schemas that are composed of this one.
void check_combinations(const json::value& schema, const json::value& value, bool good) {
  // Only the outermost schema may name the dialect.
  if (schema.is_object() && schema.get_object().contains("$schema")) return;
  const json::value wrapped = json::object{{"allOf", json::array{schema}}};
  if (!json_schema::compile(json::object{{"not", wrapped}})) return;  // too deeply nested
  HOLDS(accepts(wrapped, value) == good);
  HOLDS(accepts(json::object{{"not", schema}}, value) != good);
  HOLDS(accepts(json::object{{"anyOf", json::array{false, schema}}}, value) == good);
  HOLDS(accepts(json::object{{"oneOf", json::array{schema, false}}}, value) == good);
  HOLDS(accepts(json::object{{"oneOf", json::array{schema, true}}}, value) != good);
  HOLDS(accepts(json::object{{"items", schema}}, json::array{value, value}) == good);
  HOLDS(accepts(json::object{{"properties", json::object{{"a~/", schema}}}}, json::object{{"a~/", value}}) ==
        good);
  HOLDS(accepts(json::object{{"additionalProperties", schema}}, json::object{{"x", value}}) == good);
}

void check_constants(const json::value& value) {
  HOLDS(accepts(json::object{{"const", value}}, reserialised(value)));
  HOLDS(accepts(json::object{{"enum", json::array{nullptr, value}}}, reserialised(value)));
  HOLDS(accepts(json::object{{"uniqueItems", true}}, json::array{value}));
  HOLDS(!accepts(json::object{{"uniqueItems", true}},
                 json::array{value, json::array{}, json::array{value}, value}));
}

}  // namespace

/// Runs an object with a `schema` and a `value`.
void run_schema(std::string_view text) {
  const auto parsed = json_text::parse(text, 64);
  if (!parsed) return;
  const auto both = parsed->value();
  const auto* object = both.if_object();
  if (object == nullptr || !object->contains("schema") || !object->contains("value")) return;
  const auto& schema = object->at("schema");
  const auto& value = object->at("value");
  check_constants(value);

  const auto compiled = json_schema::compile(schema);
  const auto again = json_schema::compile(reserialised(schema));
  HOLDS(compiled.has_value() == again.has_value());
  if (!compiled) {
    HOLDS(again.error().message == compiled.error().message);
    return check_schema_fault(compiled.error(), schema);
  }
  const auto fault = compiled->check(value);
  if (fault) check_schema_fault(*fault, value);
  const auto same = again->check(reserialised(value));
  HOLDS(same.has_value() == fault.has_value());
  if (fault) HOLDS(same->pointer == fault->pointer && same->message == fault->message);
  check_combinations(schema, value, !fault);
}

}  // namespace mqcoap::fuzz
