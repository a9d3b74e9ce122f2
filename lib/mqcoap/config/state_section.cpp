#include <filesystem>
#include <mqcoap/config/spec.hpp>
#include <mqcoap/settings/common_types.hpp>
#include <mqcoap/store/postgres/postgres_store.hpp>

namespace mqcoap::config {
namespace {

/// Reads the name of a directory relative to the folder of the configuration.
value_type<std::string> directory_name() {
  const auto any = text("the name of a directory");
  return {any.expected, any.schema, [any](const node& n, read_context& ctx) -> std::optional<std::string> {
            const auto name = any.read(n, ctx);
            if (!name) return std::nullopt;
            return (std::filesystem::path(ctx.folder) / *name).string();
          }};
}

value_type<std::string> database_address() {
  constexpr char expected[] = "postgresql://USER@HOST/DATABASE";
  return refine(text(expected), expected, string_schema(R"(^postgres(ql)?://)"),
                [](std::string url, const node& n, read_context& ctx) -> std::optional<std::string> {
                  const auto fault = store::fault_of_postgres_url(url);
                  if (!fault) return url;
                  ctx.faults.error(n, *fault);
                  return std::nullopt;
                });
}

}  // namespace

const section<state_spec>& state_section() {
  static const section<state_spec> table{
      "state",
      "state",
      "Where the state of resources with `persist` is kept; see docs/operations.md.",
      {key<state_spec>("dir", directory_name(), presence::optional("`$STATE_DIRECTORY`, which systemd sets"),
                       "The directory of the database, which must exist and be used by one gateway only. "
                       "Read at the start only.",
                       [](state_spec& s, std::string name) { s.directory = std::move(name); }),
       key<state_spec>(
           "postgres", with_place(database_address()), presence::optional("none"),
           "Instead of `dir`: the PostgreSQL database in which several gateways store their shared state, "
           "with all parameters of libpq, such as `?sslmode=verify-full`. Read at the start only.",
           &state_spec::postgres),
       key<state_spec>("password", with_place(secret_text()), presence::optional("none"),
                       "The password for the database, from a file, the environment or a systemd credential.",
                       &state_spec::password)},
      {{"dependentRequired", {{"password", boost::json::array{"postgres"}}}}}};
  return table;
}

const section<standby_spec>& standby_section() {
  using namespace std::chrono_literals;
  static const section<standby_spec> table{
      "standby",
      "standby",
      "Several gateways with the same configuration, of which one serves; the others wait for its lease. "
      "Needs "
      "`state.postgres`; see docs/operations.md.",
      {key<standby_spec>("lease", duration(1s, 10min), "5s",
                         "The time after which another gateway may serve if the current one does not renew "
                         "its lease. The database has to answer within half of this. Read at the start only.",
                         &standby_spec::lease)}};
  return table;
}

}  // namespace mqcoap::config
