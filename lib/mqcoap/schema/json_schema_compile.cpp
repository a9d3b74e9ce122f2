#include <re2/re2.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <cmath>
#include <iterator>
#include <limits>
#include <mqcoap/base/closest.hpp>
#include <mqcoap/json/json_tree.hpp>
#include <mqcoap/schema/json_compare.hpp>
#include <mqcoap/schema/json_excerpt.hpp>
#include <mqcoap/schema/json_schema_node.hpp>

namespace mqcoap {
namespace {

namespace json = boost::json;
using node = json_schema::node;

constexpr int deepest_schema = 64;
constexpr std::int64_t pattern_memory = 1 << 20;  // memory limit of RE2 for one pattern, in bytes

/// Reads a schema keyword by keyword. Throws the first fault, at any depth, as json_schema::fault,
/// which `compile` catches.
class compiler {
 public:
  node read_schema(const json::value& schema);

 private:
  using reader = void (compiler::*)(const json::value&, node&);
  struct word {
    std::string_view name;
    reader read;
    operator std::string_view() const { return name; }
  };
  static const word words[];

  [[noreturn]] void refuse(std::string why) const { throw json_schema::fault{pointer_, std::move(why)}; }
  [[noreturn]] void refuse_value(const json::value& v, std::string_view wanted) const {
    refuse(excerpt(v) + " stands where " + std::string(wanted) + " is expected");
  }

  /// Runs `f` with the pointer one step deeper.
  template <class F>
  void below(std::string_view token, F f) {
    const std::size_t before = pointer_.size();
    append_pointer(pointer_, token);
    f();
    pointer_.resize(before);
  }
  /// Runs `f` for each item of an array that is not empty.
  template <class F>
  void each(const json::value& v, std::string_view wanted, F f) {
    if (!v.is_array() || v.get_array().empty()) refuse_value(v, wanted);
    std::size_t index = 0;
    for (const auto& item : v.get_array()) below(std::to_string(index++), [&] { f(item); });
  }

  void read_word(std::string_view name, const json::value& v, node& n);
  node::child read_child(const json::value& v) { return std::make_unique<const node>(read_schema(v)); }
  const json::value& read_number(const json::value& v) const;
  std::size_t read_count(const json::value& v) const;
  std::uint8_t read_type_name(const json::value& v) const;

  void read_type(const json::value& v, node& n);
  void read_enum(const json::value& v, node& n);
  void read_multiple_of(const json::value& v, node& n);
  void read_pattern(const json::value& v, node& n);
  void read_unique_items(const json::value& v, node& n);
  void read_properties(const json::value& v, node& n);
  void read_required(const json::value& v, node& n);
  void read_const(const json::value& v, node& n) { n.constant = v; }
  void read_dialect(const json::value& v, node& n);
  void read_id(const json::value& v, node& n);
  void ignore(const json::value&, node&) {}

  template <auto Member>
  void bound(const json::value& v, node& n) {
    n.*Member = read_number(v);
  }
  template <auto Member>
  void count(const json::value& v, node& n) {
    n.*Member = read_count(v);
  }
  template <auto Member>
  void child(const json::value& v, node& n) {
    n.*Member = read_child(v);
  }
  template <auto Member>
  void children(const json::value& v, node& n) {
    each(v, "a list of schemas", [&](const json::value& item) { (n.*Member).push_back(read_child(item)); });
  }

  void check_order(const node& n) const;

  std::string pointer_;
  int depth_ = 0;
};

const compiler::word compiler::words[] = {
    {"type", &compiler::read_type},
    {"enum", &compiler::read_enum},
    {"const", &compiler::read_const},
    {"minimum", &compiler::bound<&node::minimum>},
    {"maximum", &compiler::bound<&node::maximum>},
    {"exclusiveMinimum", &compiler::bound<&node::exclusive_minimum>},
    {"exclusiveMaximum", &compiler::bound<&node::exclusive_maximum>},
    {"multipleOf", &compiler::read_multiple_of},
    {"minLength", &compiler::count<&node::min_length>},
    {"maxLength", &compiler::count<&node::max_length>},
    {"pattern", &compiler::read_pattern},
    {"items", &compiler::child<&node::items>},
    {"minItems", &compiler::count<&node::min_items>},
    {"maxItems", &compiler::count<&node::max_items>},
    {"uniqueItems", &compiler::read_unique_items},
    {"properties", &compiler::read_properties},
    {"required", &compiler::read_required},
    {"additionalProperties", &compiler::child<&node::additional_properties>},
    {"minProperties", &compiler::count<&node::min_properties>},
    {"maxProperties", &compiler::count<&node::max_properties>},
    {"allOf", &compiler::children<&node::all_of>},
    {"anyOf", &compiler::children<&node::any_of>},
    {"oneOf", &compiler::children<&node::one_of>},
    {"not", &compiler::child<&node::negated>},
    {"$schema", &compiler::read_dialect},
    {"$id", &compiler::read_id},
    // Annotations, which are ignored.
    {"$comment", &compiler::ignore},
    {"title", &compiler::ignore},
    {"description", &compiler::ignore},
    {"default", &compiler::ignore},
    {"examples", &compiler::ignore},
    {"deprecated", &compiler::ignore},
    {"readOnly", &compiler::ignore},
    {"writeOnly", &compiler::ignore},
    {"format", &compiler::ignore},
    {"contentEncoding", &compiler::ignore},
    {"contentMediaType", &compiler::ignore},
    {"contentSchema", &compiler::ignore},
};

/// The drafts in which the keywords above have the same meaning, without `http:` or `https:`.
constexpr std::string_view dialects[] = {
    "//json-schema.org/draft/2020-12/schema",
    "//json-schema.org/draft/2019-09/schema",
    "//json-schema.org/draft-07/schema",
    "//json-schema.org/draft-06/schema",
};

node compiler::read_schema(const json::value& schema) {
  node made;
  made.source = excerpt(schema);
  if (schema.is_bool()) {
    made.refuses_all = !schema.get_bool();
    return made;
  }
  if (!schema.is_object()) refuse_value(schema, "a schema (an object, true or false)");
  if (++depth_ > deepest_schema) refuse("schemas are nested deeper than " + std::to_string(deepest_schema));
  const auto& members = schema.get_object();
  // Only a schema resource may name its dialect: the outermost schema, or one with `$id`.
  if (depth_ > 1 && members.contains("$schema") && !members.contains("$id"))
    below("$schema", [&] { refuse("this keyword belongs in the outermost schema"); });
  for (const auto& member : members)
    below(member.key(), [&] { read_word(member.key(), member.value(), made); });
  check_order(made);
  --depth_;
  return made;
}

void compiler::read_word(std::string_view name, const json::value& v, node& n) {
  for (const auto& known : words)
    if (known.name == name) return (this->*known.read)(v, n);
  std::string why = "unknown schema keyword '" + excerpt(name) + '\'';
  if (const auto meant = closest(name, words); !meant.empty())
    why.append("; did you mean '").append(meant).append("'?");
  refuse(std::move(why));
}

const json::value& compiler::read_number(const json::value& v) const {
  if (!v.is_number() || (v.is_double() && !std::isfinite(v.get_double()))) refuse_value(v, "a number");
  return v;
}

std::size_t compiler::read_count(const json::value& v) const {
  constexpr std::string_view wanted = "a whole number of 0 or more";
  if (!v.is_number() || !is_whole(v) || compare_numbers(v, 0) < 0) refuse_value(v, wanted);
  if (compare_numbers(v, std::numeric_limits<std::size_t>::max()) > 0) refuse_value(v, wanted);
  return v.is_double() ? static_cast<std::size_t>(v.get_double()) : v.to_number<std::size_t>();
}

std::uint8_t compiler::read_type_name(const json::value& v) const {
  if (!v.is_string()) refuse_value(v, "the name of a type");
  const std::string_view name = v.get_string();
  for (std::size_t i = 0; i < std::size(json_type_names); ++i)
    if (json_type_names[i] == name) return static_cast<std::uint8_t>(1U << i);
  std::string why = "unknown type '" + excerpt(name) + "'; ";
  if (const auto meant = closest(name, json_type_names); !meant.empty())
    why.append("did you mean '").append(meant).append("'?");
  else
    why += "there are null, boolean, object, array, number, integer and string";
  refuse(std::move(why));
}

void compiler::read_type(const json::value& v, node& n) {
  if (v.is_string()) {
    n.types = read_type_name(v);
    return;
  }
  each(v, "the name of a type, or a list of names,",
       [&](const json::value& item) { n.types = static_cast<std::uint8_t>(n.types | read_type_name(item)); });
}

void compiler::read_enum(const json::value& v, node& n) {
  n.enumeration.emplace();
  each(v, "a list of values", [&](const json::value& item) { n.enumeration->push_back(item); });
}

void compiler::read_multiple_of(const json::value& v, node& n) {
  if (compare_numbers(read_number(v), 0) <= 0) refuse_value(v, "a number over 0");
  n.multiple_of = v;
}

void compiler::read_pattern(const json::value& v, node& n) {
  if (!v.is_string()) refuse_value(v, "a regular expression");
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(pattern_memory);
  const std::string_view text = v.get_string();
  auto pattern = std::make_shared<const RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (!pattern->ok()) refuse("not a regular expression (RE2): " + pattern->error());
  n.pattern = std::move(pattern);
}

void compiler::read_dialect(const json::value& v, node&) {
  if (v.is_string()) {
    std::string_view name = v.get_string();
    if (name.ends_with('#')) name.remove_suffix(1);
    for (const std::string_view scheme : {"https:", "http:"})
      for (const auto dialect : dialects)
        if (name.starts_with(scheme) && name.substr(scheme.size()) == dialect) return;
  }
  refuse_value(v, "https://json-schema.org/draft/2020-12/schema (or 2019-09, draft-07, draft-06)");
}

/// Checks only the form of the id, because schemas cannot refer to each other.
void compiler::read_id(const json::value& v, node&) {
  if (!v.is_string()) refuse_value(v, "a URI");
  const std::string_view id = v.get_string();
  if (const auto fragment = id.find('#'); fragment != id.npos && fragment + 1 != id.size())
    refuse_value(v, "a URI without a fragment");
}

void compiler::read_unique_items(const json::value& v, node& n) {
  if (!v.is_bool()) refuse_value(v, "true or false");
  n.unique_items = v.get_bool();
}

void compiler::read_properties(const json::value& v, node& n) {
  if (!v.is_object()) refuse_value(v, "an object from member to schema");
  for (const auto& member : v.get_object())
    below(member.key(), [&] { n.properties.emplace(member.key(), read_child(member.value())); });
}

void compiler::read_required(const json::value& v, node& n) {
  if (!v.is_array()) refuse_value(v, "a list of member names");
  if (v.get_array().empty()) return;
  each(v, "a list of member names", [&](const json::value& name) {
    if (!name.is_string()) refuse_value(name, "the name of a member");
    n.required.emplace_back(name.get_string());
  });
}

/// Rejects empty ranges, which can only be a mistake.
void compiler::check_order(const node& n) const {
  const auto refuse_both = [this](const char* low_word, const char* high_word) {
    refuse(std::string(low_word) + " is over " + high_word + ": nothing can satisfy both");
  };
  const auto check = [&](const auto& low, const auto& high, const char* low_word, const char* high_word) {
    if (low && high && *low > *high) refuse_both(low_word, high_word);
  };
  // With an exclusive bound, equal bounds leave nothing.
  const auto check_bounds = [&](const node::bound& low, const node::bound& high, const char* low_word,
                                const char* high_word) {
    if (!low || !high) return;
    const auto order = compare_numbers(*low, *high);
    if (order > 0) refuse_both(low_word, high_word);
    if (order == 0 && (&low == &n.exclusive_minimum || &high == &n.exclusive_maximum))
      refuse(std::string(low_word) + " equals " + high_word + ": nothing can satisfy both");
  };
  check_bounds(n.minimum, n.maximum, "minimum", "maximum");
  check_bounds(n.exclusive_minimum, n.exclusive_maximum, "exclusiveMinimum", "exclusiveMaximum");
  check_bounds(n.minimum, n.exclusive_maximum, "minimum", "exclusiveMaximum");
  check_bounds(n.exclusive_minimum, n.maximum, "exclusiveMinimum", "maximum");
  check(n.min_length, n.max_length, "minLength", "maxLength");
  check(n.min_items, n.max_items, "minItems", "maxItems");
  check(n.min_properties, n.max_properties, "minProperties", "maxProperties");
}

}  // namespace

result<json_schema, json_schema::fault> json_schema::compile(const json::value& schema) {
  try {
    return json_schema(std::make_shared<const node>(compiler().read_schema(schema)),
                       json_text::from_value(schema));
  } catch (fault& f) {
    return std::move(f);
  }
}

}  // namespace mqcoap
