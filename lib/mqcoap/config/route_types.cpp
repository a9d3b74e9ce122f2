#include <mqcoap/config/route_types.hpp>

#include <algorithm>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/protocol/resource_path.hpp>
#include <mqcoap/settings/common_types.hpp>
#include <mqcoap/settings/suggest.hpp>

namespace mqcoap::config {
namespace {

bool is_pattern_char(char c) { return is_name_char(c) || c == '*' || c == '?'; }

std::optional<std::string> read_path_pattern(const std::string& pattern, const node& n, read_context& ctx) {
  const auto path = resource_path::parse(pattern, longest_path);
  if (!path) {
    mismatch(n, "a path or a pattern like probe/*/gain or probe/**", ctx);
    return std::nullopt;
  }
  for (std::string_view rest = path->key(); !rest.empty();) {
    const auto segment = rest.substr(0, rest.find('/'));
    const bool is_last = segment.size() == rest.size();
    rest.remove_prefix(is_last ? rest.size() : segment.size() + 1);
    if (segment.find('*') == std::string_view::npos || segment == "*" || (segment == "**" && is_last))
      continue;
    ctx.faults.error(n, "a '*' is not allowed here in the path pattern '" + pattern + '\'',
                     "'*' is a whole segment, '**' the last one");
    return std::nullopt;
  }
  return std::string(path->key());
}

/// Returns the error in the braces of a template; empty: none.
std::string brace_fault(std::string_view text, const std::vector<std::string>& known, std::string& hint) {
  for (;;) {
    const auto brace = text.find_first_of("{}");
    if (brace == std::string_view::npos) return {};
    const auto close = text.find('}', brace);
    if (text[brace] == '}' || close == std::string_view::npos) return "a brace without its partner";
    const std::string name(text.substr(brace + 1, close - brace - 1));
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      hint = suggest(name, known);
      return "unknown placeholder {" + name + '}';
    }
    text.remove_prefix(close + 1);
  }
}

/// Reads a template, checks its braces, and uses `is_valid` to check that it is accepted once it
/// is filled in.
value_type<std::string> template_type(std::string expected, std::vector<std::string> placeholders,
                                      bool (*is_valid)(const std::string& filled)) {
  return refine(text(expected), expected, string_schema(),
                [expected, placeholders, is_valid](std::string given, const node& n,
                                                   read_context& ctx) -> std::optional<std::string> {
                  std::string hint;
                  const auto fault = brace_fault(given, placeholders, hint);
                  if (!fault.empty()) {
                    ctx.faults.error(n, fault + " in '" + given + '\'', hint);
                    return std::nullopt;
                  }
                  if (is_valid(fill_template(given, [](std::string_view) { return "x"; }))) return given;
                  mismatch(n, expected, ctx);
                  return std::nullopt;
                });
}

}  // namespace

value_type<std::string> name_pattern(const std::string& what) {
  const std::string expected = what + " or a pattern with * and ?";
  return refine(
      text(expected), expected, string_schema("^[A-Za-z0-9_.*?-]{1,64}$"),
      [expected](std::string pattern, const node& n, read_context& ctx) -> std::optional<std::string> {
        if (pattern.size() <= 64 && std::all_of(pattern.begin(), pattern.end(), is_pattern_char))
          return pattern;
        mismatch(n, expected, ctx);
        return std::nullopt;
      });
}

value_type<std::string> path_pattern() {
  const std::string expected = "a path or a pattern with * and **";
  return refine(text(expected), expected, string_schema(), read_path_pattern);
}

value_type<std::string> name_template(const std::string& what) {
  return template_type(what + ", in which {tag} and {subsystem} stand for those asked for",
                       {"tag", "subsystem"}, [](const std::string& filled) { return is_name(filled); });
}

value_type<std::string> path_template() {
  return template_type("a path, in which {tag}, {subsystem} and {path} stand for those asked for",
                       {"tag", "subsystem", "path"}, [](const std::string& filled) {
                         return resource_path::parse(filled, longest_path).has_value() &&
                                filled.find('*') == std::string::npos;
                       });
}

}  // namespace mqcoap::config
