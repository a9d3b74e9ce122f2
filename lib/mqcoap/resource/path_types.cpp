#include <mqcoap/resource/path_types.hpp>

#include <mqcoap/protocol/resource_path.hpp>
#include <mqcoap/settings/common_types.hpp>

namespace mqcoap {
namespace {

constexpr char path_words[] = "a path like gains or supply/voltage";

std::optional<std::string> read_path(const node& n, read_context& ctx, bool subtree_allowed) {
  auto path = resource_path::parse(n.text, longest_path);
  if (!path) {
    ctx.faults.error(n, "expected " + std::string(path_words) + ", found '" + n.text + '\'',
                     "no empty segment, no '.' or '..', no control characters");
    return std::nullopt;
  }
  std::string_view fixed = path->key();
  if (subtree_allowed && (fixed == "**" || fixed.ends_with("/**"))) fixed.remove_suffix(2);
  if (fixed.find('*') == std::string_view::npos) return std::string(path->key());
  ctx.faults.error(n, "a '*' is not allowed here in the path '" + n.text + '\'',
                   subtree_allowed ? "only a last segment may be '**'" : "an action names single values");
  return std::nullopt;
}

value_type<std::string> path_type(std::string pattern, bool subtree_allowed) {
  return {path_words, string_schema(std::move(pattern)),
          [subtree_allowed](const node& n, read_context& ctx) { return read_path(n, ctx, subtree_allowed); }};
}

}  // namespace

value_type<std::string> resource_key() { return path_type(R"(^/?[^*]*(\*\*)?$)", true); }
value_type<std::string> single_path() { return path_type(R"(^[^*]+$)", false); }

}  // namespace mqcoap
