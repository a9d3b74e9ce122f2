#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <mqcoap/schema/json_schema.hpp>
#include <mqcoap/settings/node.hpp>
#include <mqcoap/settings/report.hpp>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace mqcoap {

struct section_info;

/// Reads the defaults of field tables, which are written as in a file.
class default_reader {
 public:
  /// Returns the same node for the same text; it belongs to no file, and lives as long as this object.
  virtual const node& read(const std::string& text) = 0;

 protected:
  ~default_reader() = default;
};

/// The context that readers of values share.
struct read_context {
  report& faults;
  std::string folder;  ///< folder of the main file, to which file names of secrets are relative
  default_reader& defaults;
  std::map<std::string, json_schema, std::less<>> schemas{};  ///< by their text; equal ones share their rules
};

/// A type of values: how it is read, described and checked by a JSON Schema, so that the
/// three cannot diverge.
template <class V>
struct value_type {
  using type = V;

  /// What is expected, for error messages and the reference: `a duration from 5s to 18h`.
  std::string expected;
  boost::json::object schema;  ///< draft 2020-12
  /// Reads the value. Returns nothing after reporting an error.
  std::function<std::optional<V>(const node&, read_context&)> read;
  const section_info* section = nullptr;  ///< the section of the nested keys, if any
};

/// A value and its place.
template <class V>
struct located {
  V value;
  const node* at = nullptr;
};

/// An entry of a map: its key, its value, and the place of the value.
template <class K, class V>
struct named {
  located<K> name;
  V value;
  const node* at = nullptr;
};

/// Reports that another kind of value was expected.
void mismatch(const node& at, const std::string& expected, read_context& ctx, std::string hint = {});

/// Returns a type that also stores the place of the value, for later checks.
template <class V>
value_type<located<V>> with_place(value_type<V> inner) {
  return {inner.expected, inner.schema,
          [read = inner.read](const node& n, read_context& ctx) -> std::optional<located<V>> {
            auto value = read(n, ctx);
            if (!value) return std::nullopt;
            return located<V>{*std::move(value), &n};
          },
          inner.section};
}

/// Returns a type that processes the value further: `then` gets the value, its node and the context, and
/// returns an optional.
template <class V, class Then>
auto refine(value_type<V> inner, std::string expected, boost::json::object schema, Then then) {
  using result = typename std::invoke_result_t<Then, V, const node&, read_context&>::value_type;
  return value_type<result>{
      std::move(expected), std::move(schema),
      [read = inner.read, then](const node& n, read_context& ctx) -> std::optional<result> {
        auto value = read(n, ctx);
        if (!value) return std::nullopt;
        return then(*std::move(value), n, ctx);
      },
      inner.section};
}

/// Reads a list of at least one value, without duplicates; or, with `one_will_do`, also a single value
/// without brackets.
template <class V>
value_type<std::vector<V>> list_of(value_type<V> item, bool one_will_do = false) {
  boost::json::object list{{"type", "array"}, {"items", item.schema}, {"minItems", 1}, {"uniqueItems", true}};
  boost::json::object schema =
      one_will_do
          ? boost::json::object{{"anyOf", {boost::json::value(item.schema), boost::json::value(list)}}}
          : list;
  const std::string expected =
      one_will_do ? item.expected + ", or a list of these" : "a list, each item " + item.expected;
  return {expected, schema,
          [item, expected, one_will_do](const node& n, read_context& ctx) -> std::optional<std::vector<V>> {
            std::vector<V> values;
            bool good = true;
            const auto add = [&](const node& from) {
              auto value = item.read(from, ctx);
              good &= value.has_value();
              if (value) values.push_back(*std::move(value));
            };
            if (one_will_do && !n.is_list()) {
              add(n);
            } else if (!n.is_list() || n.items.empty()) {
              mismatch(n, expected, ctx, n.is_scalar() ? "in brackets: [" + n.text + "]" : "");
              return std::nullopt;
            }
            const auto items = n.is_list() ? std::span(n.items) : std::span<const node* const>();
            for (const node* from : items) add(*from);
            std::unordered_set<std::string_view> seen;
            for (const node* from : items)
              if (from->is_scalar() && !seen.insert(from->text).second) {
                ctx.faults.error(*from, describe(*from) + " is in this list twice");
                good = false;
              }
            if (!good) return std::nullopt;
            return values;
          },
          item.section};
}

/// Reads a list of maps, which may be empty; items with errors are left out.
template <class V>
value_type<std::vector<V>> sequence_of(value_type<V> item, std::string expected) {
  return {expected, boost::json::object{{"type", {"array", "null"}}, {"items", item.schema}},
          [item, expected](const node& n, read_context& ctx) -> std::optional<std::vector<V>> {
            if (!n.is_list() && !n.is_null()) {
              mismatch(n, expected, ctx);
              return std::nullopt;
            }
            std::vector<V> values;
            for (const node* from : n.items)
              if (auto value = item.read(*from, ctx)) values.push_back(*std::move(value));
            return values;
          },
          item.section};
}

/// Reads a map from user-defined names to values; entries with errors are left out. An empty value is an
/// empty map, so that every entry of a section may be commented out.
template <class K, class V>
value_type<std::vector<named<K, V>>> map_of(value_type<K> key, value_type<V> value, std::string expected) {
  boost::json::object schema{
      {"type", {"object", "null"}}, {"propertyNames", key.schema}, {"additionalProperties", value.schema}};
  return {
      expected, schema,
      [key, value, expected](const node& n, read_context& ctx) -> std::optional<std::vector<named<K, V>>> {
        if (!n.is_map() && !n.is_null()) {
          mismatch(n, expected, ctx);
          return std::nullopt;
        }
        std::vector<named<K, V>> entries;
        entries.reserve(n.items.size());
        for (const node* each : n.items) {
          auto name = key.read(*each->key, ctx);
          auto read = value.read(*each, ctx);
          if (name && read) entries.push_back({{*std::move(name), each->key}, *std::move(read), each});
        }
        return entries;
      },
      value.section};
}

}  // namespace mqcoap
