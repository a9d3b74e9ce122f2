#include <mqcoap/resource/backend/child_keys.hpp>

#include <mqcoap/settings/common_types.hpp>

namespace mqcoap {
namespace {

value_type<std::string> variable_name() {
  const std::string expected = "the name of a variable, of A-Z a-z 0-9 _";
  const std::string allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
  return {expected, string_schema("^[A-Za-z_][A-Za-z0-9_]*$"),
          [expected, allowed](const node& n, read_context& ctx) -> std::optional<std::string> {
            const bool is_name = !n.text.empty() && (n.text.front() < '0' || n.text.front() > '9') &&
                                 n.text.find_first_not_of(allowed) == std::string::npos;
            if (is_name) return n.text;
            mismatch(n, expected, ctx);
            return std::nullopt;
          }};
}

}  // namespace

value_type<std::vector<std::string>> program_and_arguments() {
  const std::string expected = "a program and its arguments, in brackets, each a text";
  const auto item = text("a text");
  boost::json::object schema{{"type", "array"}, {"items", item.schema}, {"minItems", 1}};
  return {expected, schema,
          [expected, item](const node& n, read_context& ctx) -> std::optional<std::vector<std::string>> {
            if (!n.is_list() || n.items.empty()) {
              mismatch(n, expected, ctx,
                       n.is_scalar() ? "no shell divides it: [PROGRAM, ARGUMENT, ...]" : "");
              return std::nullopt;
            }
            std::vector<std::string> values;
            for (const node* from : n.items)
              if (auto value = item.read(*from, ctx)) values.push_back(*std::move(value));
            if (values.size() < n.items.size()) return std::nullopt;
            if (values.front().find('/') == std::string::npos || values.front().front() == '/') return values;
            ctx.faults.error(*n.items.front(), "a program must be an absolute path or a plain name",
                             "a name is looked for in PATH");
            return std::nullopt;
          }};
}

value_type<environment_list> environment_variables() {
  return map_of(variable_name(), text("a text"), "a map from variables to texts");
}

std::vector<std::pair<std::string, std::string>> build_environment(const environment_list& from) {
  std::vector<std::pair<std::string, std::string>> made;
  for (const auto& each : from) made.emplace_back(each.name.value, each.value);
  return made;
}

}  // namespace mqcoap
