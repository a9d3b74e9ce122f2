#include <re2/re2.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <cmath>
#include <mqcoap/base/closest.hpp>
#include <mqcoap/json/json_tree.hpp>
#include <mqcoap/schema/json_compare.hpp>
#include <mqcoap/schema/json_excerpt.hpp>
#include <mqcoap/schema/json_multiple.hpp>
#include <mqcoap/schema/json_schema_node.hpp>

// A successful check builds no text: pointers and messages are built only when a fault is returned.
namespace mqcoap {
namespace {

namespace json = boost::json;
using fault = json_schema::fault;
using node = json_schema::node;

std::uint8_t bit(json_type type) noexcept {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(type));
}

std::optional<fault> wrong(std::string message) { return fault{"", std::move(message)}; }

/// Extends the pointer of a fault in a part, so that it is relative to the whole value.
std::optional<fault> within(std::string_view token, std::optional<fault> inner) {
  if (!inner) return inner;
  std::string pointer;
  append_pointer(pointer, token);
  inner->pointer.insert(0, pointer);
  return inner;
}

json_type type_of(const json::value& v) noexcept {
  switch (v.kind()) {
    case json::kind::null: return json_type::null;
    case json::kind::bool_: return json_type::boolean;
    case json::kind::object: return json_type::object;
    case json::kind::array: return json_type::array;
    case json::kind::string: return json_type::string;
    default: return is_whole(v) ? json_type::integer : json_type::number;
  }
}

/// Describes a value for an error message, with its type if that is not obvious.
std::string described(const json::value& v) {
  const auto type = type_of(v);
  switch (type) {
    case json_type::object:
    case json_type::array: return "it is " + std::string(with_article(type));
    case json_type::null: return "it is null";
    case json_type::string: return excerpt(v) + " is a string";
    default: return excerpt(v) + " is given";
  }
}

std::string counted(std::size_t n, const char* singular, const char* plural) {
  return std::to_string(n) + ' ' + (n == 1 ? singular : plural);
}

/// Checks one of the three pairs of size bounds.
std::optional<fault> check_size(std::size_t size, const node::size_bound& low, const node::size_bound& high,
                                const char* singular, const char* plural) {
  if (low && size < *low)
    return wrong("it has " + counted(size, singular, plural) + ", at least " + std::to_string(*low) +
                 " wanted");
  if (high && size > *high)
    return wrong("it has " + counted(size, singular, plural) + ", at most " + std::to_string(*high) +
                 " allowed");
  return std::nullopt;
}

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string alternatives(const std::vector<fault>& faults) {
  std::string message = "it fits none of the alternatives: ";
  for (std::size_t i = 0; i < faults.size(); ++i) {
    if (i > 0) message += i + 1 == faults.size() ? "; nor the last: " : "; ";
    if (!faults[i].pointer.empty()) message += faults[i].pointer + ": ";
    message += faults[i].message;
  }
  return message;
}

}  // namespace

bool is_whole(const json::value& number) noexcept {
  if (!number.is_double()) return true;
  const double d = number.get_double();
  return std::isfinite(d) && d == std::trunc(d);
}

std::string_view with_article(json_type type) noexcept {
  constexpr std::string_view names[]{"null",     "true or false", "an object", "an array",
                                     "a number", "an integer",    "a string"};
  return names[static_cast<std::size_t>(type)];
}

node::node() = default;
node::~node() = default;
node::node(node&&) noexcept = default;

std::optional<fault> json_schema::check(const json::value& value) const { return root_->check(value); }

node::outcome node::check(const json::value& value) const {
  if (refuses_all) return wrong("nothing is allowed here");
  if (auto f = check_type(value)) return f;
  if (auto f = check_listed(value)) return f;
  outcome inner;
  switch (value.kind()) {
    case json::kind::string: inner = check_string(value.get_string()); break;
    case json::kind::array: inner = check_array(value.get_array()); break;
    case json::kind::object: inner = check_object(value.get_object()); break;
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_: inner = check_number(value); break;
    default: break;
  }
  return inner ? inner : check_combined(value);
}

node::outcome node::check_type(const json::value& value) const {
  if (types == 0) return std::nullopt;
  const auto type = type_of(value);
  if ((types & bit(type)) != 0) return std::nullopt;
  if (type == json_type::integer && (types & bit(json_type::number)) != 0) return std::nullopt;
  std::string message = described(value) + ", ";
  const char* separator = "";
  for (std::size_t i = 0; i < std::size(json_type_names); ++i) {
    if ((types & (1U << i)) == 0) continue;
    message.append(separator).append(with_article(static_cast<json_type>(i)));
    separator = " or ";
  }
  return wrong(message + " is expected");
}

node::outcome node::check_listed(const json::value& value) const {
  if (constant && !equal_json(value, *constant))
    return wrong(excerpt(value) + " is given, only " + excerpt(*constant) + " is allowed");
  if (!enumeration) return std::nullopt;
  const auto same = [&](const json::value& allowed) { return equal_json(value, allowed); };
  if (std::any_of(enumeration->begin(), enumeration->end(), same)) return std::nullopt;
  std::string message = excerpt(value) + " is none of ";
  const char* separator = "";
  for (const auto& allowed : *enumeration) {
    message.append(separator).append(excerpt(allowed));
    separator = ", ";
  }
  return wrong(excerpt(message, 400));
}

node::outcome node::check_number(const json::value& value) const {
  if (minimum && compare_numbers(value, *minimum) < 0)
    return wrong(excerpt(value) + " is under the minimum " + excerpt(*minimum));
  if (maximum && compare_numbers(value, *maximum) > 0)
    return wrong(excerpt(value) + " is over the maximum " + excerpt(*maximum));
  if (exclusive_minimum && compare_numbers(value, *exclusive_minimum) <= 0)
    return wrong(excerpt(value) + " is given, more than " + excerpt(*exclusive_minimum) + " is expected");
  if (exclusive_maximum && compare_numbers(value, *exclusive_maximum) >= 0)
    return wrong(excerpt(value) + " is given, less than " + excerpt(*exclusive_maximum) + " is expected");
  if (multiple_of && !is_multiple(value, *multiple_of))
    return wrong(excerpt(value) + " is not a multiple of " + excerpt(*multiple_of));
  return std::nullopt;
}

node::outcome node::check_string(std::string_view text) const {
  if (min_length || max_length)
    if (auto f = check_size(count_characters(text), min_length, max_length, "character", "characters"))
      return f;
  if (pattern && !RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern))
    return wrong(excerpt(json::value(text)) + " does not match the pattern " + pattern->pattern());
  return std::nullopt;
}

node::outcome node::check_array(const json::array& array) const {
  if (auto f = check_size(array.size(), min_items, max_items, "item", "items")) return f;
  if (items)
    for (std::size_t i = 0; i < array.size(); ++i)
      if (auto f = items->check(array[i])) return within(std::to_string(i), std::move(f));
  if (!unique_items) return std::nullopt;
  std::vector<const json::value*> sorted;
  sorted.reserve(array.size());
  for (const auto& item : array) sorted.push_back(&item);
  std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return compare_json(*a, *b) < 0; });
  const auto twin =
      std::adjacent_find(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return equal_json(*a, *b); });
  if (twin == sorted.end()) return std::nullopt;
  return wrong(excerpt(**twin) + " occurs more than once, all items must differ");
}

node::outcome node::check_object(const json::object& object) const {
  for (const auto& name : required)
    if (!object.contains(name)) return wrong("the member '" + name + "' is missing");
  if (auto f = check_size(object.size(), min_properties, max_properties, "member", "members")) return f;
  if (properties.empty() && !additional_properties) return std::nullopt;
  for (const auto& member : object)
    if (auto f = check_member(member.key(), member.value())) return within(member.key(), std::move(f));
  return std::nullopt;
}

node::outcome node::check_member(std::string_view key, const json::value& value) const {
  if (const auto known = properties.find(key); known != properties.end()) return known->second->check(value);
  if (!additional_properties) return std::nullopt;
  if (!additional_properties->refuses_all) return additional_properties->check(value);
  std::vector<std::string_view> names;
  for (const auto& [name, schema] : properties) names.push_back(name);
  if (const auto meant = closest(key, names); !meant.empty())
    return wrong("unknown member; did you mean '" + std::string(meant) + "'?");
  std::string message = names.empty() ? "unknown member; none is allowed" : "unknown member; there are ";
  const char* separator = "";
  for (const auto name : names) {
    message.append(separator).append(name);
    separator = ", ";
  }
  return wrong(excerpt(message, 400));
}

node::outcome node::check_combined(const json::value& value) const {
  for (const auto& each : all_of)
    if (auto f = each->check(value)) return f;
  for (const auto* list : {&any_of, &one_of}) {
    if (list->empty()) continue;
    std::vector<fault> faults;
    for (const auto& each : *list) {
      auto f = each->check(value);
      if (f)
        faults.push_back(*std::move(f));
      else if (list == &any_of)
        break;
    }
    if (faults.size() == list->size()) return wrong(alternatives(faults));
    if (list == &one_of && faults.size() + 1 != list->size())
      return wrong("it fits " + std::to_string(list->size() - faults.size()) +
                   " of the alternatives, only one is allowed");
  }
  if (negated && !negated->check(value)) return wrong(excerpt(value) + " must not match " + negated->source);
  return std::nullopt;
}

}  // namespace mqcoap
