#include <filesystem>
#include <mqcoap/config/spec.hpp>
#include <mqcoap/settings/common_types.hpp>

namespace mqcoap {
namespace {

/// Relative to the folder of the configuration.
value_type<std::string> directory_name() {
  const auto any = text("the name of a directory");
  return {any.words, any.schema, [any](const node& n, read_context& ctx) -> std::optional<std::string> {
            const auto name = any.read(n, ctx);
            if (!name) return std::nullopt;
            return (std::filesystem::path(ctx.folder) / *name).string();
          }};
}

}  // namespace

const section<state_spec>& state_section() {
  static const section<state_spec> table{
      "state",
      "state",
      "Where the state of resources with `persist` is kept; see docs/operations.md.",
      {key<state_spec>(
          "dir", directory_name(), presence::optional("`$STATE_DIRECTORY`, which systemd sets"),
          "The directory of the database, which must be there and belong to one gateway alone. Read "
          "at the start only.",
          [](state_spec& s, std::string name) { s.directory = std::move(name); })}};
  return table;
}

}  // namespace mqcoap
