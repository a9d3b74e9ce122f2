#include <boost/json/serialize.hpp>
#include <mqcoap/config/all_sections.hpp>
#include <mqcoap/config/loader.hpp>
#include <mqcoap/config/yaml_reader.hpp>
#include <mqcoap/resource/kinds.hpp>
#include <mqcoap/settings/scalar.hpp>
#include <string_view>

namespace mqcoap::config {
namespace {

namespace json = boost::json;

/// Adds the default as JSON, if it is a value and not just an empty map or list.
void add_default(json::object& property, const field_info& field) {
  if (field.when.how != presence::kind::defaulted || field.section != nullptr) return;
  node_arena arena;
  report faults;
  if (const auto value = to_json(*read_default(field.when.text, arena), faults))
    property["default"] = value->value();
}

/// Returns the schema of a field. Wraps `$ref` in `allOf`: in older drafts, which editors still follow,
/// `$ref` must be alone.
json::object property_of(const field_info& field) {
  json::object property{{"description", field.doc}};
  if (field.schema.contains("$ref")) {
    property["allOf"] = json::array{json::value(field.schema)};
  } else {
    for (const auto& word : field.schema) property[word.key()] = word.value();
  }
  add_default(property, field);
  return property;
}

/// Returns true if a section may be given in parts: a template and its device may each have some of the keys
/// of a resource, and of its kind (template_merge.cpp).
bool is_merged(const section_info& section) {
  constexpr std::string_view resource = "devices.TAG.resources.PATH";
  std::string_view title = section.title;
  if (!title.starts_with(resource)) return false;
  title.remove_prefix(resource.size());
  return title.empty() || (title.front() == '.' && find_kind(title.substr(1)) != nullptr);
}

json::object schema_of(const section_info& section) {
  json::object properties;
  json::array required;
  for (const auto& field : section.fields) {
    properties[field.name] = property_of(field);
    if (field.when.how == presence::kind::required) required.emplace_back(field.name);
  }
  json::object schema{{"description", section.doc}};
  if (required.empty())
    schema["type"] = json::array{"object", "null"};
  else
    schema["type"] = "object";
  schema["properties"] = std::move(properties);
  schema["additionalProperties"] = false;
  if (!required.empty() && !is_merged(section)) schema["required"] = std::move(required);
  for (const auto& rule : section.rules) schema[rule.key()] = rule.value();
  return schema;
}

/// Formats the schema for people and diffs, because Boost.JSON writes everything on one line.
void write(std::string& out, const json::value& value, std::size_t indent) {
  const auto new_line = [&out](std::size_t by) { out.append(1, '\n').append(by * 2, ' '); };
  if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
    out += '{';
    for (auto member = object->begin(); member != object->end(); ++member) {
      if (member != object->begin()) out += ',';
      new_line(indent + 1);
      append_json_string(out, {member->key().data(), member->key().size()});
      out += ": ";
      write(out, member->value(), indent + 1);
    }
    new_line(indent);
    out += '}';
  } else if (const auto* array = value.if_array();
             array != nullptr && !array->empty() && !array->front().is_primitive()) {
    out += '[';
    for (auto item = array->begin(); item != array->end(); ++item) {
      if (item != array->begin()) out += ',';
      new_line(indent + 1);
      write(out, *item, indent + 1);
    }
    new_line(indent);
    out += ']';
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string settings_schema() {
  const auto sections = all_sections();
  json::object schema = schema_of(*sections.front());
  json::object definitions;
  for (const auto* section : sections)
    if (section != sections.front()) definitions[section->id] = schema_of(*section);
  json::object document{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                        {"title", "Configuration of the mqcoap gateway, version 1"}};
  for (auto& word : schema) document[word.key()] = std::move(word.value());
  document["$defs"] = std::move(definitions);
  std::string out;
  write(out, document, 0);
  return out;
}

}  // namespace mqcoap::config
