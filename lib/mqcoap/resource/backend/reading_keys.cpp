#include <mqcoap/resource/backend/reading_keys.hpp>

#include <mqcoap/json/json_pointer.hpp>
#include <mqcoap/resource/formula.hpp>
#include <mqcoap/settings/common_types.hpp>

namespace mqcoap {
namespace {

using form = reading_options::form;

value_type<form> form_word() {
  return choice<form>({{"text", form::text}, {"number", form::number}, {"json", form::json}});
}

value_type<std::string> regular_expression() {
  const std::string expected = "a regular expression of RE2 with at most one group";
  return refine(text(expected), expected, string_schema(),
                [](std::string regex, const node& n, read_context& ctx) -> std::optional<std::string> {
                  const auto why = reading::find_regex_fault(regex);
                  if (!why) return regex;
                  ctx.faults.error(n, "the regular expression cannot be used: " + *why);
                  return std::nullopt;
                });
}

const section<reading_options>& regex_section() {
  static const section<reading_options> table{
      "parse",
      "devices.TAG.resources.PATH.parse",
      "The part of a text that a regular expression matches.",
      {key<reading_options>("regex", regular_expression(), presence::required(),
                            "RE2; its group, or the whole match if it has none, is used.",
                            &reading_options::regex),
       key<reading_options>("as", choice<form>({{"text", form::text}, {"number", form::number}}), "text",
                            "The type of the match.", &reading_options::as)}};
  return table;
}

}  // namespace

value_type<reading_options> reading_form() {
  const auto word = form_word();
  const auto map = map_with(regex_section());
  const std::string expected = "text, number, json, or {regex: R, as: text|number}";
  boost::json::object schema{{"anyOf", {boost::json::value(word.schema), boost::json::value(map.schema)}}};
  return {expected, schema,
          [word, map](const node& n, read_context& ctx) -> std::optional<reading_options> {
            if (n.is_map()) return map.read(n, ctx);
            const auto as = word.read(n, ctx);
            return as ? std::optional(reading_options{.as = *as}) : std::nullopt;
          },
          map.section};
}

value_type<std::string> reading_pointer() {
  const std::string expected = "a JSON Pointer like /pressure";
  return refine(
      text(expected), expected, string_schema("^/"),
      [expected](std::string pointer, const node& n, read_context& ctx) -> std::optional<std::string> {
        if (!pointer.empty() && is_json_pointer(pointer)) return pointer;
        mismatch(n, expected, ctx, "a '/' before each key, and ~0 for '~', ~1 for '/' within one");
        return std::nullopt;
      });
}

value_type<std::string> reading_expression() {
  const std::string expected = "an expression like x / 1000";
  return refine(text(expected), expected, string_schema(),
                [](std::string expression, const node& n, read_context& ctx) -> std::optional<std::string> {
                  const auto why = formula::find_fault(expression, "x");
                  if (!why) return expression;
                  ctx.faults.error(n, "the expression cannot be used: " + *why);
                  return std::nullopt;
                });
}

backend_resource_options build_backend_options(const backend_keys& keys, method_set methods,
                                               const kind_place& at) {
  backend_resource_options options;
  options.methods = methods;
  options.max_depth = at.limits.depth - 1;
  if (keys.parse) options.reading = keys.parse->value;
  if (keys.pointer) {
    options.reading.pointer = keys.pointer->value;
    if (!keys.parse)
      options.reading.as = form::json;
    else if (options.reading.as != form::json)
      at.faults.error(*keys.pointer->at->key, "`pointer` needs JSON: the text is not parsed as JSON",
                      "parse: json");
  }
  if (keys.expr) {
    options.reading.expr = keys.expr->value;
    if (options.reading.as == form::text)
      at.faults.error(*keys.expr->at->key, "`expr` needs a number: the text is not parsed as a number",
                      "parse: number");
  }
  if (keys.cache) {
    options.cache = keys.cache->value;
    if (at.path.value.find('*') != std::string::npos)
      at.faults.error(*keys.cache->at->key, "a cache is for one path, and this resource has many");
  }
  if (keys.schema) {
    if (!methods.contains(method::put) && !methods.contains(method::post))
      at.faults.error(*keys.schema->at->key,
                      "a schema is for what is written, and neither PUT nor POST is allowed");
    options.schema = keys.schema->value;
  }
  if (keys.metric && keys.metric->value) {
    options.is_metric = true;
    if (at.path.value.find('*') != std::string::npos)
      at.faults.error(*keys.metric->at->key, "a metric is for one path, and this resource has many");
    else if (!methods.contains(method::get))
      at.faults.error(*keys.metric->at->key, "a metric is what a GET reads, and GET is not allowed");
    else if (options.reading.as == form::text)
      at.faults.error(*keys.metric->at->key, "a metric is a number, and a text is read", "parse: number");
  }
  return options;
}

}  // namespace mqcoap
