#pragma once

#include <chrono>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/resource/backend/backend_resource.hpp>
#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/kind_module.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The keys that all kinds with a backend have, in addition to the key of the kind.
namespace mqcoap {

/// Reads `text`, `number`, `json`, or `{regex: R, as: text|number}`.
value_type<reading_options> reading_form();
/// Reads a JSON Pointer that is not empty.
value_type<std::string> reading_pointer();
/// Reads an expression of `x`.
value_type<std::string> reading_expression();

/// The values of these keys. The struct of keys of a kind derives from it.
struct backend_keys {
  std::optional<located<reading_options>> parse;
  std::optional<located<std::string>> pointer;
  std::optional<located<std::string>> expr;
  std::optional<located<std::chrono::milliseconds>> cache;
  std::optional<located<json_schema>> schema;
  std::optional<located<bool>> metric;
};

/// Adds the rows of these keys to those of a kind whose struct of keys derives from backend_keys.
template <class Keys>
std::vector<kind_row<Keys>> with_backend_keys(std::vector<kind_row<Keys>> rows,
                                              std::string parse_absent = "`text`, with `pointer` `json`") {
  using keys = backend_keys;
  rows.push_back(key<Keys>(
      "parse", with_place(reading_form()), presence::optional(std::move(parse_absent)),
      "How the text that was read becomes a value: `text` (UTF-8, without the final line end or NUL), "
      "`number`, `json`, or `{regex: R, as: text|number}`, whose first group is used (RE2)",
      [](Keys& to, auto value) { static_cast<keys&>(to).parse = std::move(value); }));
  rows.push_back(key<Keys>("pointer", with_place(reading_pointer()), presence::optional("the whole value"),
                           "Which part of the JSON that was read is the value: a JSON Pointer (RFC 6901)",
                           [](Keys& to, auto value) { static_cast<keys&>(to).pointer = std::move(value); }));
  rows.push_back(key<Keys>("expr", with_place(reading_expression()), presence::optional("the number itself"),
                           "Computes the value from the number `x` that was read, like `x / 1000`: an "
                           "expression of muParser, with `pi` and `e`",
                           [](Keys& to, auto value) { static_cast<keys&>(to).expr = std::move(value); }));
  rows.push_back(key<Keys>("cache",
                           with_place(duration(std::chrono::milliseconds(10), std::chrono::hours(1))),
                           presence::optional("each GET reads"),
                           "How long a value that was read is reused; a GET that arrives during a read "
                           "shares its result, and a write through the gateway invalidates it. After a write "
                           "whose outcome is unknown nothing is reused for that time",
                           [](Keys& to, auto value) { static_cast<keys&>(to).cache = std::move(value); }));
  rows.push_back(key<Keys>("schema", with_place(json_schema_value()), presence::optional("anything"),
                           "JSON Schema of what may be stored, the value here included, in the words of "
                           "docs/schema.md",
                           [](Keys& to, auto value) { static_cast<keys&>(to).schema = std::move(value); }));
  rows.push_back(key<Keys>("metric", with_place(boolean()), presence::optional("`false`"),
                           "Whether the number that was read last is also the metric `mqcoap_resource_value`",
                           [](Keys& to, auto value) { static_cast<keys&>(to).metric = std::move(value); }));
  return rows;
}

/// Returns the rows without that of a key that has no meaning for a kind.
template <class Keys>
std::vector<kind_row<Keys>> without_key(std::vector<kind_row<Keys>> rows, std::string_view name) {
  std::erase_if(rows, [name](const auto& each) { return each.row.info.name == name; });
  return rows;
}

/// Returns the options that the keys set; errors go into the report.
backend_resource_options build_backend_options(const backend_keys& keys, method_set methods,
                                               const kind_place& at);

}  // namespace mqcoap
