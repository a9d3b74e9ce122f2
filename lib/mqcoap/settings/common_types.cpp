#include <mqcoap/settings/common_types.hpp>

#include <algorithm>
#include <mqcoap/base/quantity.hpp>
#include <mqcoap/settings/scalar.hpp>
#include <mqcoap/settings/suggest.hpp>

namespace mqcoap {
namespace {

constexpr char name_characters[] = "^[A-Za-z0-9_.-]{1,64}$";

template <class Name>
value_type<Name> name_type(const std::string& what) {
  const std::string expected = what + " (1 to 64 characters of A-Z a-z 0-9 _ . -)";
  return {expected, string_schema(name_characters),
          [expected](const node& n, read_context& ctx) -> std::optional<Name> {
            if (!n.is_key && !is_text(n, expected, ctx)) return std::nullopt;
            auto name = Name::parse(n.text);
            if (name) return *std::move(name);
            mismatch(n, expected, ctx);
            return std::nullopt;
          }};
}

/// Reports an error in a duration or size: the missing unit, or what was found instead.
std::nullopt_t refuse_quantity(const node& n, read_context& ctx, const std::string& expected,
                               const quantity_fault& fault) {
  if (fault.bare)
    ctx.faults.error(n, "the unit is missing: expected " + expected, fault.hint);
  else
    mismatch(n, expected, ctx, fault.hint);
  return std::nullopt;
}

}  // namespace

boost::json::object string_schema(std::string pattern) {
  boost::json::object schema{{"type", "string"}};
  if (!pattern.empty()) schema["pattern"] = pattern;
  return schema;
}

bool is_text(const node& n, const std::string& expected, read_context& ctx) {
  if (n.is_scalar() && classify(n) == scalar_kind::string) return true;
  mismatch(n, expected, ctx, n.is_scalar() ? "if it is meant as text: \"" + n.text + '"' : "");
  return false;
}

value_type<std::string> text(std::string expected) {
  return {expected,
          {{"type", "string"}, {"minLength", 1}},
          [expected](const node& n, read_context& ctx) -> std::optional<std::string> {
            if (!is_text(n, expected, ctx)) return std::nullopt;
            const bool is_line = std::none_of(n.text.begin(), n.text.end(), [](char c) {
              return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
            });
            if (is_line && !n.text.empty()) return n.text;
            ctx.faults.error(n, n.text.empty()
                                    ? "expected " + expected + ", found an empty text"
                                    : "expected " + expected + ", found line breaks or control characters");
            return std::nullopt;
          }};
}

value_type<std::int64_t> integer(std::int64_t least, std::int64_t most) {
  const std::string expected = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  return {expected,
          {{"type", "integer"}, {"minimum", least}, {"maximum", most}},
          [expected, least, most](const node& n, read_context& ctx) -> std::optional<std::int64_t> {
            const auto value = to_int64(n);
            if (value && *value >= least && *value <= most) return value;
            mismatch(n, expected, ctx, n.quoted && !n.text.empty() ? "without quotes?" : "");
            return std::nullopt;
          }};
}

value_type<bool> boolean() {
  return {
      "true or false", {{"type", "boolean"}}, [](const node& n, read_context& ctx) -> std::optional<bool> {
        if (n.is_scalar() && classify(n) == scalar_kind::boolean)
          return n.text.front() == 't' || n.text.front() == 'T';
        mismatch(n, "true or false", ctx);
        return std::nullopt;
      }};
}

value_type<std::chrono::milliseconds> duration(std::chrono::milliseconds least,
                                               std::chrono::milliseconds most) {
  const std::string expected = duration_text(least, most);
  return {
      expected, string_schema(R"(^[0-9]+(\.[0-9]+)?(ms|s|min|h)$)"),
      [expected, least, most](const node& n, read_context& ctx) -> std::optional<std::chrono::milliseconds> {
        if (!n.is_scalar()) return refuse_quantity(n, ctx, expected, {});
        const auto value = read_duration(n.text, least, most);
        if (value) return *value;
        return refuse_quantity(n, ctx, expected, value.error());
      }};
}

value_type<std::chrono::seconds> whole_seconds(std::chrono::seconds least, std::chrono::seconds most) {
  auto inner = duration(least, most);
  const std::string expected = inner.expected + " in whole seconds";
  return refine(inner, expected, inner.schema,
                [expected](std::chrono::milliseconds d, const node& n,
                           read_context& ctx) -> std::optional<std::chrono::seconds> {
                  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(d);
                  if (seconds == d) return seconds;
                  mismatch(n, expected, ctx);
                  return std::nullopt;
                });
}

value_type<std::size_t> size(std::size_t least, std::size_t most) {
  const std::string expected = size_text(least, most);
  return {expected, string_schema("^[0-9]+(B|KiB|MiB|GiB)$"),
          [expected, least, most](const node& n, read_context& ctx) -> std::optional<std::size_t> {
            if (!n.is_scalar()) return refuse_quantity(n, ctx, expected, {});
            const auto value = read_size(n.text, least, most);
            if (value) return *value;
            return refuse_quantity(n, ctx, expected, value.error());
          }};
}

value_type<json_text> any_json() {
  return {"any JSON value", {}, [](const node& n, read_context& ctx) { return to_json(n, ctx.faults); }};
}

value_type<json_schema> json_schema_value() {
  return refine(any_json(), "a JSON Schema", {{"type", {"object", "boolean"}}},
                [](const json_text& json, const node& n, read_context& ctx) -> std::optional<json_schema> {
                  if (const auto known = ctx.schemas.find(json.text()); known != ctx.schemas.end())
                    return known->second;
                  auto compiled = json_schema::compile(json.value());
                  if (compiled)
                    return ctx.schemas.emplace(std::string(json.text()), *std::move(compiled)).first->second;
                  ctx.faults.error(follow_pointer(n, compiled.error().pointer), compiled.error().message);
                  return std::nullopt;
                });
}

value_type<std::string> plain_name(std::string what) {
  const auto inner = name_type<basic_name<struct any_name_kind>>(what);
  return refine(inner, inner.expected, inner.schema,
                [](const auto& name, const node&, read_context&) { return std::optional(name.text()); });
}

value_type<device_tag> tag_name() { return name_type<device_tag>("a device tag"); }
value_type<subsystem_name> subsystem() { return name_type<subsystem_name>("a subsystem"); }
value_type<namespace_name> topic_namespace() { return name_type<namespace_name>("a namespace"); }

value_type<method_set> methods(method_set allowed) {
  std::vector<std::pair<std::string, method>> names;
  for (method m : all_methods)
    if (allowed.contains(m)) names.emplace_back(to_string(m), m);
  auto list = list_of(choice(std::move(names)));
  return refine(list, list.expected, list.schema,
                [](const std::vector<method>& given, const node&, read_context&) {
                  method_set set;
                  for (method m : given) set.insert(m);
                  return std::optional(set);
                });
}

std::string listed(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) {
    if (&word != &words.front()) all += &word == &words.back() ? " or " : ", ";
    all += word;
  }
  return all;
}

boost::json::object choice_schema(const std::vector<std::string>& words) {
  boost::json::array values;
  for (const auto& word : words) {
    values.emplace_back(word);
    node as_written;
    as_written.what = node::kind::scalar;
    as_written.text = word;
    if (const auto number = to_int64(as_written)) values.emplace_back(*number);
  }
  return {{"enum", std::move(values)}};
}

std::optional<std::size_t> read_choice(const node& n, const std::vector<std::string>& words,
                                       read_context& ctx) {
  const auto found = n.is_scalar() ? std::find(words.begin(), words.end(), n.text) : words.end();
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const std::string hint = n.is_scalar() ? suggest(n.text, words) : "";
  mismatch(n, listed(words), ctx, hint.starts_with("did you mean") ? hint : "");
  return std::nullopt;
}

}  // namespace mqcoap
