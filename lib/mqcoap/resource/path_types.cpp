#include <mqcoap/resource/path_types.hpp>

#include <mqcoap/protocol/resource_path.hpp>
#include <mqcoap/settings/common_types.hpp>

namespace mqcoap {
namespace {

constexpr char path_expected[] = "a path like gains or supply/voltage";

/// Returns true if a segment has a `*` together with other characters.
bool has_loose_star(std::string_view path) {
  for (;;) {
    const auto segment = path.substr(0, path.find('/'));
    if (segment != "*" && segment.find('*') != std::string_view::npos) return true;
    if (segment.size() == path.size()) return false;
    path.remove_prefix(segment.size() + 1);
  }
}

std::optional<std::string> read_path(const node& n, read_context& ctx, bool pattern_allowed) {
  auto path = resource_path::parse(n.text, longest_path);
  if (!path) {
    ctx.faults.error(n, "expected " + std::string(path_expected) + ", found '" + n.text + '\'',
                     "no empty segment, no '.' or '..', no control characters");
    return std::nullopt;
  }
  std::string_view fixed = path->key();
  const bool is_subtree = pattern_allowed && (fixed == "**" || fixed.ends_with("/**"));
  if (is_subtree) fixed.remove_suffix(2);
  const bool may_have_stars = pattern_allowed && !is_subtree;
  if (may_have_stars ? !has_loose_star(fixed) : fixed.find('*') == std::string_view::npos)
    return std::string(path->key());
  ctx.faults.error(
      n, "a '*' is not allowed here in the path '" + n.text + '\'',
      pattern_allowed ? "'*' is a whole segment; or the last one is '**'" : "an action names single values");
  return std::nullopt;
}

value_type<std::string> path_type(std::string pattern, bool pattern_allowed) {
  return {path_expected, string_schema(std::move(pattern)),
          [pattern_allowed](const node& n, read_context& ctx) { return read_path(n, ctx, pattern_allowed); }};
}

}  // namespace

value_type<std::string> resource_key() {
  return path_type(R"(^/?(([^*/]+|\*)(/([^*/]+|\*))*|([^*/]+/)*\*\*)$)", true);
}
value_type<std::string> single_path() { return path_type(R"(^[^*]+$)", false); }

}  // namespace mqcoap
