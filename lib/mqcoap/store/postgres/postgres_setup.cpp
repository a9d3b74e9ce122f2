#include <mqcoap/store/postgres/postgres_setup.hpp>

#include <memory>
#include <mqcoap/store/postgres/postgres_schema.hpp>
#include <string_view>
#include <utility>

namespace mqcoap::store {
namespace {

/// Takes the lock that all gateways use while one of them creates the tables.
constexpr char lock_tables[] = "SELECT pg_advisory_xact_lock(hashtextextended('mqcoap_schema', 0))";

/// Configures the session and queries the server's properties. An acknowledged commit is on disk, whatever
/// the database's own settings are, and statements see what others have committed before. The server detects
/// a gateway whose host has vanished.
constexpr char settings_and_facts[] =
    "SELECT pg_is_in_recovery(), current_setting('server_encoding'), to_regclass('mqcoap_schema') IS NOT "
    "NULL,"
    " set_config('lock_timeout', $1, false), set_config('statement_timeout', $1, false),"
    " set_config('default_transaction_isolation', 'read committed', false),"
    " set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '2', false),"
    " set_config('tcp_keepalives_count', '3', false),"
    " CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', "
    "false) END";

constexpr char version_and_rights[] =
    "SELECT (SELECT max(version)::bigint FROM mqcoap_schema), (SELECT string_agg(DISTINCT t, ', ')"
    " FROM unnest($1::text[]) t, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p"
    " WHERE to_regclass(t) IS NULL OR NOT has_table_privilege(to_regclass(t), p))";

class setup_run : public std::enable_shared_from_this<setup_run> {
 public:
  setup_run(std::weak_ptr<pg_session> session, postgres_setup what, postgres_setup::handler done)
      : session_(std::move(session)), what_(std::move(what)), done_(std::move(done)) {}

  void begin() {
    // If a statement waited longer, nothing would be waiting for its answer any more.
    pg_parameters limit;
    limit.add(std::to_string(what_.timeout.count()));
    ask({run_sql(settings_and_facts, std::move(limit))}, &setup_run::on_facts);
  }

 private:
  using next_step = void (setup_run::*)(const pg_rows&);

  void ask(const pg_request& request, next_step then) {
    const auto session = session_.lock();
    if (!session || session->is_over()) return;
    session->send(request, [self = shared_from_this(), then](result<pg_rows, pg_fault> answer) {
      if (answer.has_value()) return (self.get()->*then)(*answer);
      if (answer.error().what == pg_fault::kind::refused) self->refuse(answer.error());
    });
  }

  void on_facts(const pg_rows& facts) {
    const auto encoding = facts.text(0, 1);
    if (facts.flag(0, 0)) return done_("the server is a standby, which is read-only");
    if (encoding != "UTF8")
      return done_("the database has the encoding " + std::string(encoding) + ", not UTF8");
    if (facts.flag(0, 2)) return check_tables();
    makes_tables_ = true;
    pg_request make{run_sql(lock_tables)};
    for (const auto& each : postgres_tables()) make.push_back(run_sql(each));
    ask(make, &setup_run::on_made);
  }

  void on_made(const pg_rows& /*rows*/) {
    makes_tables_ = false;
    check_tables();
  }

  void check_tables() {
    std::vector<std::string_view> names(postgres_table_names().begin() + 1, postgres_table_names().end());
    pg_parameters tables;
    tables.add(names);
    ask({run_sql(version_and_rights, std::move(tables))}, &setup_run::on_version);
  }

  void on_version(const pg_rows& found) {
    const auto version = found.number(0, 0);
    if (version > postgres_schema_version)
      return done_("its tables have version " + std::to_string(version) +
                   ", and this program knows version " + std::to_string(postgres_schema_version) +
                   ": they were created by a newer gateway");
    if (version < 1) return done_("the table mqcoap_schema holds no version of the tables");
    if (!found.is_null(0, 1))
      return done_("privileges are missing (SELECT, INSERT, UPDATE, DELETE) on " +
                   std::string(found.text(0, 1)));
    ask(what_.statements, &setup_run::on_prepared);
  }

  void on_prepared(const pg_rows& /*rows*/) { done_({}); }

  void refuse(const pg_fault& fault) {
    const std::string hint = "; an administrator can create them: mqcoap config state --sql | psql";
    done_(makes_tables_ ? "the tables cannot be created: " + fault.message + hint : fault.message);
  }

  const std::weak_ptr<pg_session> session_;
  const postgres_setup what_;
  const postgres_setup::handler done_;
  bool makes_tables_ = false;
};

}  // namespace

void set_up(pg_session& session, const postgres_setup& what, postgres_setup::handler done) {
  std::make_shared<setup_run>(session.weak_from_this(), what, std::move(done))->begin();
}

}  // namespace mqcoap::store
